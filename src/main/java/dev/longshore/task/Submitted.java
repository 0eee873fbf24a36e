package dev.longshore.task;

/**
 * The answer to a submission.
 *
 * @param id the task
 * @param created false when an unfinished task with the same unique key stood already
 */
public record Submitted(long id, boolean created) {}
