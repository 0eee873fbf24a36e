package dev.longshore.engine.run;

import dev.longshore.engine.batch.JobIds;
import jakarta.json.JsonObject;

/**
 * A task that this node has just taken.
 *
 * @param number of the attempt, 1 for the task's first run
 * @param attempts those that counted so far, this one among them
 * @param losses how many before this one were lost in a row
 * @param outages how many before this one PostgreSQL went away in, in a row
 * @param job the job execution that was begun for it, or for its claim; {@code null} for none
 */
record Taken(
    long task,
    long claim,
    String type,
    JsonObject payload,
    int number,
    int attempts,
    int maxAttempts,
    int losses,
    int outages,
    JobIds job) {}
