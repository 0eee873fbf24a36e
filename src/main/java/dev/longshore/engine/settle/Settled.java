package dev.longshore.engine.settle;

import dev.longshore.task.Outcome;

/** An attempt and what it came to. */
public record Settled(Attempted attempt, Outcome outcome) {}
