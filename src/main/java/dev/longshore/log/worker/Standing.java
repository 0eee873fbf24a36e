package dev.longshore.log.worker;

import java.time.OffsetDateTime;
import java.util.List;

/**
 * An event worker as anybody may see it, on whichever node it runs.
 *
 * @param messages the names that it has handlers for
 * @param policy as JSON text
 * @param status running, waiting (for the next attempt at a message), halted, paused, stopped, or
 *     unowned when it should run and no node does
 * @param node who runs it; {@code null} for nobody
 * @param position it is done with every message up to this id
 * @param lagMessages how many it has to read, counted up to 10,000
 * @param lagSeconds the age of the first of them
 * @param failing the message that it stands in front of; {@code null} for none
 * @param failures how often that has failed
 * @param state as JSON text; {@code null} for none
 */
public record Standing(
    String name,
    String description,
    List<String> messages,
    String policy,
    String status,
    Health health,
    String node,
    OffsetDateTime ownedSince,
    long position,
    OffsetDateTime movedAt,
    long handled,
    long lagMessages,
    double lagSeconds,
    double messagesPerSecond,
    long errorsPerMinute,
    double handlerMillis,
    Long failing,
    int failures,
    OffsetDateTime retryAt,
    String error,
    long deadLetters,
    OffsetDateTime periodicAt,
    String state) {}
