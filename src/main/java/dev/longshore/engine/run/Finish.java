package dev.longshore.engine.run;

import dev.longshore.db.DatabaseException;
import dev.longshore.engine.batch.JobEnd;
import dev.longshore.engine.settle.Settled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.faulttolerance.Retry;

/**
 * Ends attempts, and goes on trying while the database is away: what they came to exists nowhere
 * else. After ten minutes it gives up, and they will be recovered as lost.
 *
 * <p>One whose row somebody has locked, by hand perhaps, keeps the others that it shares a
 * transaction with, and those behind them, for two seconds: then each goes on by itself. So it does
 * when PostgreSQL cannot keep what one of them came to.
 */
@ApplicationScoped
@Retry(
    retryOn = RuntimeException.class,
    maxRetries = -1,
    delay = 250,
    jitter = 100,
    maxDuration = 10,
    durationUnit = ChronoUnit.MINUTES)
class Finish {

  @Inject FinishOnce once;

  private final GroupCommit<Finished, Optional<Boolean>> group =
      new GroupCommit<>(this::commitSoon);

  /**
   * What is to be written of an attempt.
   *
   * @param end of its job, {@code null} when that is on record already
   */
  record Finished(Settled settled, JobEnd.Unrecorded end) {}

  /**
   * Ends an attempt of the long lane: job and task in one transaction, which attempts that end at
   * the same time share.
   *
   * @return false when the claim was no longer this attempt's: nothing was changed
   */
  boolean finish(Settled settled, JobEnd.Unrecorded end) {
    Finished one = new Finished(settled, end);
    return group.ask(one).orElseGet(() -> commit(List.of(one)).get(0));
  }

  /** Ends attempts whose jobs' ends are on record, in one transaction of their own. */
  void finish(List<Settled> settled) {
    commit(settled.stream().map(s -> new Finished(s, null)).toList());
  }

  /** Of each whether it was ours; of none where one of them would have to be waited for. */
  private List<Optional<Boolean>> commitSoon(List<Finished> finished) {
    try {
      return once.finishSoon(finished).stream().map(Optional::of).toList();
    } catch (DatabaseException e) {
      if (!e.isLockTimeout() && !e.isBadData()) {
        throw e;
      }
      return finished.stream().map(f -> Optional.<Boolean>empty()).toList();
    }
  }

  private List<Boolean> commit(List<Finished> finished) {
    try {
      return once.finish(finished);
    } catch (DatabaseException e) {
      if (!e.isBadData()) {
        throw e;
      }
      return finished.size() == 1
          ? List.of(once.finishUnstorable(finished.get(0), e))
          : finished.stream().map(f -> commit(List.of(f)).get(0)).toList();
    }
  }
}
