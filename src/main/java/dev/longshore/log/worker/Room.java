package dev.longshore.log.worker;

import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * How many workers of this node are at a chunk at once, each with a connection of its own, and how
 * often they begin one. Workers that wait for messages take no room.
 */
@ApplicationScoped
class Room {

  /** Between two chunks of a worker that messages trickle in for, per worker that is at work. */
  private static final double PACE_MILLIS = 2.5;

  private static final long LONGEST_PACE = 250;

  @Inject
  @ConfigProperty(name = "longshore.event-workers.concurrency", defaultValue = "24")
  private int concurrency;

  private Semaphore places;
  private final Set<Burst> inside = ConcurrentHashMap.newKeySet();
  private final AtomicInteger bursts = new AtomicInteger();

  @PostConstruct
  void open() {
    places = new Semaphore(concurrency, true);
  }

  void burstBegins() {
    bursts.incrementAndGet();
  }

  void burstEnds(Burst burst) {
    bursts.decrementAndGet();
    leave(burst);
  }

  /** Waits for a place, unless the burst has one. */
  void enter(Burst burst) throws InterruptedException {
    if (!inside.contains(burst)) {
      places.acquire();
      inside.add(burst);
    }
  }

  /** Gives the burst's place back, if it has one. */
  void leave(Burst burst) {
    if (inside.remove(burst)) {
      places.release();
    }
  }

  /**
   * How long a worker lets messages gather between two chunks: with many workers at work fewer
   * chunks of more messages.
   */
  long paceMillis() {
    return Math.min(LONGEST_PACE, Math.round((bursts.get() - 1) * PACE_MILLIS));
  }
}
