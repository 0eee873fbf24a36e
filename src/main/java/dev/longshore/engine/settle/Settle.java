package dev.longshore.engine.settle;

import dev.longshore.db.DatabaseException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.faulttolerance.Retry;

/** Settles attempts, and goes on trying while the database is away. */
@ApplicationScoped
public class Settle {

  @Inject private SettleOnce once;

  /**
   * Settles in a transaction of its own. While that fails, because the database cannot be reached
   * or the commit was lost, it waits: the outcomes exist nowhere else. After ten minutes it gives
   * up, and the attempts will be recovered as lost.
   *
   * @return the tasks that were still under their claim; the others were not changed
   */
  @Retry(
      retryOn = RuntimeException.class,
      maxRetries = -1,
      delay = 250,
      jitter = 100,
      maxDuration = 10,
      durationUnit = ChronoUnit.MINUTES)
  public Set<Long> settle(List<Settled> attempts) {
    try {
      return once.settle(attempts);
    } catch (DatabaseException e) {
      if (!e.isBadData()) {
        throw e;
      }
      return once.settle(attempts.stream().map(a -> a.unstorable(e)).toList());
    }
  }
}
