package dev.longshore.task;

/** How many tasks of a queue stand in a state. */
public record TaskCount(String queue, TaskState state, long count) {}
