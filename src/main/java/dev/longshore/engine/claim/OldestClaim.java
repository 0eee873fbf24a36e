package dev.longshore.engine.claim;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.atomic.AtomicLong;

/**
 * From which id on claims may still be there. Claims are counted at every round, and what lies
 * before are those that have ended: a row for each long task since the last vacuum, or since
 * somebody opened a snapshot.
 */
@ApplicationScoped
class OldestClaim {

  /** Ids that may be drawn already while the claims that they are for are not committed yet. */
  private static final long UNSEEN = 1_000;

  private final AtomicLong id = new AtomicLong();

  long from() {
    return id.get();
  }

  /**
   * @param oldest the first claim that somebody has seen, 0 when there was none
   */
  void found(long oldest) {
    id.accumulateAndGet(oldest - UNSEEN, Math::max);
  }
}
