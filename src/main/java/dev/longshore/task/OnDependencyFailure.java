package dev.longshore.task;

import java.util.Locale;

/** What becomes of a task when one that it comes after does not succeed. */
public enum OnDependencyFailure {
  CANCEL,
  FAIL,
  /** It starts all the same, once all have ended: what a group's completion does. */
  RUN;

  /** The name in the database and in JSON: lower case. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException saying what it must be
   */
  public static OnDependencyFailure of(String label) {
    for (OnDependencyFailure choice : values()) {
      if (choice.label().equals(label)) {
        return choice;
      }
    }
    throw new IllegalArgumentException("must be cancel, fail or run");
  }
}
