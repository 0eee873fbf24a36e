package dev.longshore.task;

/**
 * User code that runs one task of a type. A CDI bean: the engine finds it by this interface and
 * calls it from many threads at once.
 */
public interface TaskHandler {

  /** The type that this handler runs, with its policy. Asked once, at start-up. */
  TaskType type();

  /** Whether the type exists on this node: a setting may leave it out. Asked once, at start-up. */
  default boolean enabled() {
    return true;
  }

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
