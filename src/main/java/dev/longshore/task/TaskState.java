package dev.longshore.task;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where a task stands. The legal moves exist here and nowhere else; statements that change a state
 * take their {@code where state in (…)} from {@link #sqlSourcesOf}.
 */
public enum TaskState {
  /** Waits for its time and for a free slot. */
  PENDING,
  /**
   * Under a claim. No node has taken the claim of a long task yet; a quick task may run, and be
   * queued until it ends or half a second has passed.
   */
  QUEUED,
  /** Runs on a node, and has its attempt on record. */
  ONGOING,
  SUCCEEDED,
  FAILED,
  CANCELLED;

  /** The states that a task in this one may go to next. */
  public Set<TaskState> next() {
    return switch (this) {
      case PENDING -> EnumSet.of(QUEUED, CANCELLED, FAILED);
      case QUEUED -> EnumSet.of(ONGOING, PENDING);
      case ONGOING -> EnumSet.of(SUCCEEDED, FAILED, CANCELLED, PENDING);
      case FAILED, CANCELLED -> EnumSet.of(PENDING);
      case SUCCEEDED -> EnumSet.noneOf(TaskState.class);
    };
  }

  public boolean mayBecome(TaskState to) {
    return next().contains(to);
  }

  /**
   * For a statement that names its states itself: a class that calls this does not load once the
   * table of moves says otherwise.
   *
   * @throws IllegalStateException naming the first move that is not legal
   */
  public void requireMoves(TaskState... targets) {
    for (TaskState to : targets) {
      if (!mayBecome(to)) {
        throw new IllegalStateException(label() + " may not become " + to.label());
      }
    }
  }

  /** No further run will happen by itself. */
  public boolean isFinal() {
    return this == SUCCEEDED || this == FAILED || this == CANCELLED;
  }

  /** The name in the database and in JSON: lower case. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The state of that label.
   *
   * @throws IllegalArgumentException naming the labels there are
   */
  public static TaskState of(String label) {
    for (TaskState s : values()) {
      if (s.label().equals(label)) {
        return s;
      }
    }
    throw new IllegalArgumentException(
        "'" + label + "' is not a state; the states are " + labels(Set.of(values())));
  }

  /**
   * The states from which {@code to} is a legal move, as a SQL list: {@code ('pending','queued')}.
   */
  public static String sqlSourcesOf(TaskState to) {
    return Arrays.stream(values())
        .filter(s -> s.mayBecome(to))
        .map(s -> "'" + s.label() + "'")
        .collect(Collectors.joining(",", "(", ")"));
  }

  /**
   * A condition on {@code longshore.task} for tasks in this state, as the partial indexes of lists
   * have it (V032): with the state as a parameter a plan that is kept can use none of them.
   */
  public String sqlCondition() {
    String equal = "state = '" + label() + "'";
    return this == QUEUED || this == ONGOING ? "claim_id is not null and " + equal : equal;
  }

  private static String labels(Set<TaskState> states) {
    return EnumSet.copyOf(states).stream().map(TaskState::label).collect(Collectors.joining(", "));
  }
}
