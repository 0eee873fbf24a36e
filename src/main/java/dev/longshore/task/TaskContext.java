package dev.longshore.task;

import jakarta.json.JsonObject;

/**
 * The attempt that is under way, as handlers and the artifacts of pipelines see it. Batch artifacts
 * get it by {@code @Inject TaskContext}, on partition and flow threads too.
 */
public interface TaskContext {

  long id();

  TaskType type();

  JsonObject payload();

  /** The number of this attempt, 1 for the first. */
  int attempt();

  /** The fence: writes elsewhere that must not come from a lost attempt can carry it. */
  long claim();

  /** The id of the node that runs it. */
  String worker();

  /** Whether the attempt is to end now: cancelled, out of time, or its node stops. */
  boolean stopRequested();

  /**
   * Tells how far the attempt is, for people who watch. Written at most once a second, outside of
   * the current transaction.
   *
   * @param step what is being done, {@code null} for nothing to say
   * @param done how many of {@code total} are done
   * @param total 0 when unknown
   */
  void progress(String step, long done, long total);
}
