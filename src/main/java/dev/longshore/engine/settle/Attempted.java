package dev.longshore.engine.settle;

import dev.longshore.task.Backoff;

/**
 * The attempt that is to be settled.
 *
 * @param task the task's id
 * @param type its type
 * @param claim the claim it ran under: the fence
 * @param number of the attempt, 1 for the task's first run
 * @param attempts the attempts that counted so far, this one among them
 * @param losses how many before this one were lost in a row
 * @param backoff of the type
 * @param actor the worker that settles
 */
public record Attempted(
    long task,
    String type,
    long claim,
    int number,
    int attempts,
    int maxAttempts,
    int losses,
    Backoff backoff,
    String actor) {}
