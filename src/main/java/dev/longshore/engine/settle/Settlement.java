package dev.longshore.engine.settle;

import dev.longshore.task.Backoff;
import dev.longshore.task.Outcome;
import dev.longshore.task.TaskState;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * What follows from an outcome. The platform and the test kit both ask it.
 *
 * @param to the task's next state
 * @param delay how long it waits when it is pending again
 * @param counts whether the attempt counts against the task's attempts
 * @param losses how many attempts in a row were lost with their node, from now on
 * @param error what the task shows as its error, {@code null} for none
 */
public record Settlement(TaskState to, Duration delay, boolean counts, int losses, String error) {

  /** At most so long a suspect waits for its turn. */
  private static final Duration HELD = Duration.ofHours(1);

  /** How long a task waits when PostgreSQL was away, as it may be still. */
  public static final Duration AFTER_AN_OUTAGE = Duration.ofSeconds(2);

  /** So many outages in a row are somebody else's doing; each one more counts as a lost node. */
  static final int FREE_OUTAGES = 2;

  /**
   * Decides.
   *
   * @param attempts the attempts that counted so far, this one among them
   * @param losses how many attempts in a row were lost with their node, before this one
   * @param maxLosses at how many losses a task is taken for what kills its nodes
   */
  public static Settlement of(
      Outcome outcome,
      int attempts,
      int maxAttempts,
      int losses,
      int maxLosses,
      Backoff backoff,
      RandomGenerator random) {
    if (outcome instanceof Outcome.Succeeded) {
      return new Settlement(TaskState.SUCCEEDED, Duration.ZERO, true, 0, null);
    } else if (outcome instanceof Outcome.Failed f) {
      return new Settlement(TaskState.FAILED, Duration.ZERO, true, 0, f.error());
    } else if (outcome instanceof Outcome.Cancelled c) {
      return new Settlement(TaskState.CANCELLED, Duration.ZERO, true, 0, c.reason());
    } else if (outcome instanceof Outcome.Snoozed s) {
      return new Settlement(TaskState.PENDING, bounded(s.delay()), false, 0, null);
    } else if (outcome instanceof Outcome.Outage o) {
      boolean blamed = o.inARow() > FREE_OUTAGES;
      return lost(
          o.reason(),
          blamed,
          losses + (blamed ? 1 : 0),
          maxLosses,
          AFTER_AN_OUTAGE,
          "PostgreSQL went away in each of its last " + o.inARow() + " attempts");
    } else if (outcome instanceof Outcome.HandedBack) {
      return new Settlement(TaskState.PENDING, Duration.ZERO, false, losses, null);
    } else if (outcome instanceof Outcome.Lost l) {
      int inARow = losses + (l.begun() ? 1 : 0);
      return lost(
          l.reason(),
          l.begun(),
          inARow,
          maxLosses,
          Duration.ZERO,
          "the " + inARow + ". node in a row that was lost with this task");
    }
    // a retry or a time-out
    if (attempts >= maxAttempts) {
      return new Settlement(TaskState.FAILED, Duration.ZERO, true, 0, outcome.error());
    }
    return new Settlement(
        TaskState.PENDING, backoff.after(attempts, random), true, 0, outcome.error());
  }

  private static Duration bounded(Duration delay) {
    Duration most = Duration.ofDays(3650);
    return delay.isNegative() ? Duration.ZERO : delay.compareTo(most) > 0 ? most : delay;
  }

  /**
   * The node went, or PostgreSQL, and perhaps not by the task's fault: not counted, but not for
   * ever either. One that is a loss away from the limit is held back until {@code recover} lets it
   * run with no other such task beside it.
   */
  private static Settlement lost(
      String reason, boolean blamed, int losses, int maxLosses, Duration delay, String why) {
    if (blamed && losses >= maxLosses) {
      return new Settlement(
          TaskState.FAILED,
          Duration.ZERO,
          false,
          losses,
          reason + " — " + why + ": it is taken for the cause and not tried again");
    }
    boolean suspected = losses > 0 && losses >= maxLosses - 1;
    return new Settlement(TaskState.PENDING, suspected ? HELD : delay, false, losses, reason);
  }
}
