package dev.longshore.engine.run;

import dev.longshore.db.DatabaseException;
import dev.longshore.engine.settle.Settlement;
import dev.longshore.engine.worker.Worker;
import dev.longshore.task.Outcome;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Tells an attempt that failed because PostgreSQL was away from one that failed by itself. The
 * first is not the task's fault, no more than a node that is lost, and does not count.
 */
@ApplicationScoped
class Outage {

  private static final Logger LOG = Logger.getLogger(Outage.class.getName());

  @Inject Worker worker;

  /**
   * Whether the failure came of PostgreSQL's absence.
   *
   * @param failure what was thrown; {@code null}: nobody knows, as of a job that breaks between two
   *     of its steps
   * @param beganNanos when the attempt began, by {@link System#nanoTime}
   */
  boolean explains(Throwable failure, long beganNanos) {
    if (isOurs(failure)) {
      return true;
    }
    // A handler may use other databases as well, which are its own affair. When this one goes, the
    // session of the node's lease goes with it.
    return (failure == null || DatabaseException.isAway(failure) || isOfACommit(failure))
        && worker.hasLostItsSessionSince(beganNanos);
  }

  /**
   * What becomes of such an attempt. Where it may have been what took PostgreSQL away this is
   * counted in a row; where there was no session for it, it was not.
   *
   * @param advanced whether the attempt came further than the one before: what it falls over is not
   *     the same each time then, and the row begins anew
   */
  static Outcome outcome(RunningTask task, Throwable failure, boolean advanced) {
    LOG.log(
        Level.WARNING,
        "Task {0}: PostgreSQL was away during its attempt {1}, which does not count ({2}). It is"
            + " pending again.",
        new Object[] {task.id() + "", task.attempt() + "", String.valueOf(failure)});
    if (DatabaseException.isWithoutSession(failure)) {
      return Outcome.snoozed(Settlement.AFTER_AN_OUTAGE);
    }
    return new Outcome.Outage(
        "PostgreSQL was away: " + (failure == null ? "its job broke" : failure),
        advanced ? 1 : task.taken().outages() + 1);
  }

  /** By the platform's own data source. */
  private static boolean isOurs(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof DatabaseException) {
        return DatabaseException.isAway(cause);
      }
    }
    return false;
  }

  /** Such as does not say why. */
  private static boolean isOfACommit(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof RollbackException
          || cause instanceof HeuristicMixedException
          || cause instanceof HeuristicRollbackException
          || cause instanceof SystemException) {
        return true;
      }
    }
    return false;
  }
}
