package dev.longshore.task;

/** Which tasks to list; {@code null} leaves a question open. */
public record TaskFilter(TaskState state, String type, String queue, String key) {}
