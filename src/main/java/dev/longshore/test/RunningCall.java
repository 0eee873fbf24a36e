package dev.longshore.test;

import java.time.Duration;

/** A call under way in a test: what can happen to it from the outside. */
abstract class RunningCall {

  private static final ThreadLocal<RunningCall> CURRENT = new ThreadLocal<>();

  private boolean outOfTime;
  private boolean stopRequested;

  /** The call on this thread. */
  static RunningCall current() {
    return CURRENT.get();
  }

  void begin() {
    CURRENT.set(this);
  }

  /** Clears the interruption too, as the platform does. */
  void end() {
    CURRENT.remove();
    Thread.interrupted();
  }

  /** Its limit passes at once, and it is interrupted as the platform would. */
  void runOutOfTime() {
    outOfTime = true;
    timePasses(limit());
    stop();
  }

  void stop() {
    stopRequested = true;
    Thread.currentThread().interrupt();
  }

  boolean isOutOfTime() {
    return outOfTime;
  }

  boolean isStopRequested() {
    return stopRequested;
  }

  /** Its time limit; zero when it has none. */
  abstract Duration limit();

  abstract void timePasses(Duration by);
}
