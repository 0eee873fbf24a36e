package dev.longshore.task;

/**
 * The answer to a submission of many.
 *
 * @param created how many tasks are new
 * @param standing how many were answered by an unfinished task with the same unique key
 */
public record SubmittedMany(long created, long standing) {}
