package dev.longshore.log.worker;

import java.time.Duration;

/**
 * How a worker is run, as declared and set.
 *
 * @param start {@code beginning}, {@code now} or an id
 * @param every between periodic runs; {@code null} without a periodic method, as are the next two
 */
public record WorkerPolicy(
    String start,
    int attempts,
    WhenExhausted whenExhausted,
    WhenDown whenDown,
    Duration timeLimit,
    Duration maxLag,
    int chunk,
    Duration every,
    Double jitter,
    Duration periodicTimeLimit) {

  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  /** The wait after so many failures in a row: 1, 2, 4 and so on up to 30 seconds. */
  public static Duration backoff(int failures) {
    int doublings = Math.min(Math.max(failures, 1) - 1, 10);
    Duration wait = FIRST_WAIT.multipliedBy(1L << doublings);
    return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
  }
}
