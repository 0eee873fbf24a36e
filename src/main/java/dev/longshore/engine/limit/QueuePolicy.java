package dev.longshore.engine.limit;

import dev.longshore.task.Limits;

/** A queue, whether it is paused, and its limits. */
public record QueuePolicy(String name, boolean paused, Limits limits) {}
