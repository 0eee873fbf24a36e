package dev.longshore.engine.dispatch;

import dev.longshore.task.Lane;

/**
 * A claim that is to become a message.
 *
 * @param id the claim, the message's only content that matters
 * @param priority of its tasks, which is JMS's own scale: 0 to 9, 9 first
 */
public record Dispatched(long id, Lane lane, int priority) {}
