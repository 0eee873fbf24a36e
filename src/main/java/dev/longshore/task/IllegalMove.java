package dev.longshore.task;

import dev.longshore.problem.Conflict;

/** A task may not go where it was asked to from where it stands; nothing was changed. */
public class IllegalMove extends Conflict {

  private final TaskState state;

  /**
   * @param state where it stands
   * @param message what was asked, where the task stands, and what can be done
   */
  public IllegalMove(TaskState state, String message) {
    super(message);
    this.state = state;
  }

  /** Where the task stands. */
  public TaskState state() {
    return state;
  }
}
