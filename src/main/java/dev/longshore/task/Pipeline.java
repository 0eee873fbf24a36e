package dev.longshore.task;

/**
 * Declares a task type that the batch job {@code META-INF/batch-jobs/NAME.xml} of its name runs. A
 * CDI bean: the engine finds it by this interface.
 */
public interface Pipeline {

  /** The type, made by {@link TaskType#pipeline}. Asked once, at start-up. */
  TaskType type();

  /** Whether the type exists on this node: a setting may leave it out. Asked once, at start-up. */
  default boolean enabled() {
    return true;
  }
}
