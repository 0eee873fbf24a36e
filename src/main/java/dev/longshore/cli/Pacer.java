package dev.longshore.cli;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** So many turns a second, by the clock: a slow turn must not slow those that follow. */
final class Pacer {

  private final long interval;
  private final long start = System.nanoTime();
  private long turns;

  Pacer(int perSecond) {
    this.interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
  }

  void await() {
    long due = start + turns++ * interval;
    for (long left; (left = due - System.nanoTime()) > 0; ) {
      LockSupport.parkNanos(left);
    }
  }
}
