package dev.longshore.log.worker;

import java.time.OffsetDateTime;

/**
 * A message that a worker could not handle.
 *
 * @param payload the message's, as JSON text; so is the metadata
 * @param createdAt when the message was appended
 * @param replaying whether its replay was asked for and is not over
 */
public record DeadLetter(
    long id,
    String worker,
    long message,
    String name,
    String payload,
    String metadata,
    OffsetDateTime createdAt,
    String error,
    int attempts,
    OffsetDateTime setAsideAt,
    boolean replaying) {}
