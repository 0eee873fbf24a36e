package dev.longshore.task;

/**
 * New pending tasks. Fired once per submission, however many tasks it had, inside its transaction;
 * claiming observes it after the commit.
 *
 * @param count how many there are
 */
public record TasksSubmitted(int count) {}
