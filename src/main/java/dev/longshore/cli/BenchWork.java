package dev.longshore.cli;

import jakarta.json.JsonObject;

/**
 * How much a scenario is to do.
 *
 * @param template the tasks, all alike: type and payload; for scenarios that have no types of their
 *     own
 * @param tasks how many; of several kinds, the most numerous one
 * @param rows finished tasks to be there beforehand, for {@code history}
 */
record BenchWork(JsonObject template, int tasks, int rows) {

  String type() {
    return template.getString("type");
  }
}
