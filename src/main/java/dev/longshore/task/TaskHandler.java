package dev.longshore.task;

import dev.longshore.problem.InvalidInput;
import jakarta.json.JsonObject;

/**
 * User code that runs one task of a type. A CDI bean: the engine finds it by this interface and
 * calls it from many threads at once. {@link Handler} is the shorter way for most types.
 */
public interface TaskHandler {

  /** The type that this handler runs, with its policy. Asked once, at start-up. */
  TaskType type();

  /** Whether the type exists on this node: a setting may leave it out. Asked once, at start-up. */
  default boolean enabled() {
    return true;
  }

  /**
   * Looks at the payload of a task that is being submitted to this node by REST or {@link Submit}.
   * A task submitted by SQL, or on a node that does not have the type, comes to {@link #run}
   * unseen.
   *
   * @throws InvalidInput naming the fields that do not fit, as {@code payload.field}; nothing is
   *     submitted then
   */
  default void check(JsonObject payload) {}

  /**
   * Runs one attempt. Any exception is {@link Outcome.Retry} with its text.
   *
   * <p>In the quick lane the call is inside a transaction that also settles the task: what the
   * handler writes to the {@code jdbc/longshore} data source commits with the outcome or not at
   * all. In the long lane there is no transaction around the call.
   *
   * <p>A task that is cancelled or passes its time limit has its thread interrupted; {@link
   * TaskContext#stopRequested} tells the same to code that polls.
   */
  Outcome run(TaskContext task) throws Exception;
}
