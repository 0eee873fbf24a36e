package dev.longshore.task;

import java.util.List;

/**
 * A group that was submitted.
 *
 * @param tasks the ids of its tasks, in the order they were given
 * @param completion the id of the task that runs when all of them have ended
 */
public record Group(List<Long> tasks, long completion) {}
