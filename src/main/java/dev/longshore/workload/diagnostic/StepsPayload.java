package dev.longshore.workload.diagnostic;

import jakarta.json.JsonObject;

/**
 * What a {@code steps} task is asked to do.
 *
 * @param steps how many steps it is told as having; the job has three, and the second one counts
 *     for all between the first and the last
 * @param items how many the chunk has, numbered from 1
 * @param millis how long each item takes, and each step before the chunk
 * @param failAt the item that throws, once over all attempts; 0 for none
 */
record StepsPayload(int steps, int items, int millis, int failAt) {

  static StepsPayload of(JsonObject payload) throws Parameter.Wrong {
    return new StepsPayload(
        Math.max(3, Parameter.whole(payload, "steps", 3)),
        Parameter.whole(payload, "items", 100),
        Parameter.whole(payload, "millis", 0),
        Parameter.whole(payload, "failAt", 0));
  }
}
