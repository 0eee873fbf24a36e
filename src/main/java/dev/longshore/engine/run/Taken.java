package dev.longshore.engine.run;

import jakarta.json.JsonObject;

/**
 * A task that this node has just taken.
 *
 * @param number of the attempt, 1 for the task's first run
 * @param attempts those that counted so far, this one among them
 * @param losses how many before this one were lost in a row
 */
record Taken(
    long task,
    String type,
    JsonObject payload,
    int number,
    int attempts,
    int maxAttempts,
    int losses) {}
