package dev.longshore.engine.run;

import dev.longshore.engine.worker.Worker;
import dev.longshore.task.TaskType;
import jakarta.json.JsonValue;

/** What the engine's parts have to do with, without an engine. */
final class Attempts {

  private Attempts() {}

  static RunningTask of(TaskType type) {
    return of(type, 0);
  }

  static RunningTask of(TaskType type, int outages) {
    Taken taken =
        new Taken(1, 2, type.name(), JsonValue.EMPTY_JSON_OBJECT, 1, 1, 5, 0, outages, null);
    return new RunningTask(taken, type, 2, "worker", null);
  }

  /** A node that stands so. */
  static Worker worker(boolean alive, boolean active) {
    return new Worker() {
      @Override
      public String id() {
        return "worker";
      }

      @Override
      public boolean isAlive() {
        return alive;
      }

      @Override
      public boolean isActive() {
        return active;
      }
    };
  }
}
