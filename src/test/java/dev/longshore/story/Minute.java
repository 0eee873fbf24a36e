package dev.longshore.story;

import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * With {@code -Dlongshore.minute=true} nodes have the lease that they have by default, and are
 * paused or cut off for a minute. Otherwise both are short, for the sake of {@code mvn verify}.
 */
final class Minute {

  static final boolean WANTED = Boolean.getBoolean("longshore.minute");

  private Minute() {}

  /** The settings of a node. */
  static Map<String, String> lease() {
    return WANTED ? Map.of() : Map.of("LONGSHORE_WORKER_LEASE", "PT4S");
  }

  /** So many items as keep a pipeline busy for longer than the outage. */
  static int items(int shortly, int forAMinute) {
    return WANTED ? forAMinute : shortly;
  }

  /** Returns when the minute is over that began then, by {@link System#nanoTime}; or at once. */
  static void pass(long since) throws InterruptedException {
    if (WANTED) {
      TimeUnit.NANOSECONDS.sleep(since + TimeUnit.MINUTES.toNanos(1) - System.nanoTime());
    }
  }
}
