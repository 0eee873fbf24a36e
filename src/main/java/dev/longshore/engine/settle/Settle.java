package dev.longshore.engine.settle;

import dev.longshore.db.DatabaseException;
import dev.longshore.task.Outcome;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.eclipse.microprofile.faulttolerance.Retry;

/** Settles attempts, and goes on trying while the database is away. */
@ApplicationScoped
public class Settle {

  @Inject private SettleOnce once;

  /**
   * Settles in a transaction of its own. While that fails, because the database cannot be reached
   * or the commit was lost, it waits: the outcome exists nowhere else. After ten minutes it gives
   * up, and the attempt will be recovered as lost.
   *
   * @param execution the batch job's execution id, 0 for none
   * @return false when the claim was no longer this attempt's: nothing was changed
   */
  @Retry(
      retryOn = RuntimeException.class,
      maxRetries = -1,
      delay = 250,
      jitter = 100,
      maxDuration = 10,
      durationUnit = ChronoUnit.MINUTES)
  public boolean settle(Attempted attempt, Outcome outcome, long execution) {
    return tryOnce(List.of(new Settled(attempt, outcome)), execution) == 1;
  }

  /**
   * The same for attempts of one claim.
   *
   * @return how many were still under their claim
   */
  @Retry(
      retryOn = RuntimeException.class,
      maxRetries = -1,
      delay = 250,
      jitter = 100,
      maxDuration = 10,
      durationUnit = ChronoUnit.MINUTES)
  public int settle(List<Settled> attempts, long execution) {
    return tryOnce(attempts, execution);
  }

  private int tryOnce(List<Settled> attempts, long execution) {
    try {
      return once.settle(attempts, execution);
    } catch (DatabaseException e) {
      if (!e.isBadData()) {
        throw e;
      }
      return once.settle(attempts.stream().map(a -> unstorable(a, e)).toList(), execution);
    }
  }

  /** What a handler answered with can be nothing that PostgreSQL keeps, such as U+0000 in JSON. */
  private static Settled unstorable(Settled settled, DatabaseException why) {
    return new Settled(
        settled.attempt(),
        Outcome.failed(
            "It ended as %s, but what it answered cannot be stored (%s)"
                .formatted(settled.outcome().label(), why.getMessage())));
  }
}
