package dev.longshore.task;

import java.time.Duration;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * How long a task waits before its next attempt: exponential, capped, with jitter.
 *
 * @param first the wait after the first attempt
 * @param factor what each further attempt multiplies it by, at least 1
 * @param cap what no wait exceeds, before jitter
 * @param jitter the share of the wait that is drawn at random around it: 0.1 gives 90 % to 110 %
 */
public record Backoff(Duration first, double factor, Duration cap, double jitter) {

  /** 1, 2, 4, 8, 16 … seconds, at most 5 minutes, ± 10 %. */
  public static final Backoff DEFAULT =
      new Backoff(Duration.ofSeconds(1), 2, Duration.ofMinutes(5), 0.1);

  public Backoff {
    Objects.requireNonNull(first, "first");
    Objects.requireNonNull(cap, "cap");
    if (first.isNegative() || cap.isNegative() || factor < 1 || jitter < 0 || jitter > 1) {
      throw new IllegalArgumentException(
          "A backoff needs waits of 0 or more, a factor of 1 or more and a jitter from 0 to 1");
    }
  }

  /**
   * The wait after the attempt of that number, without jitter.
   *
   * @param attempt 1 for the first
   */
  public Duration after(int attempt) {
    double millis = first.toMillis() * Math.pow(factor, Math.max(0, attempt - 1));
    return Duration.ofMillis((long) Math.min(millis, cap.toMillis()));
  }

  /** The same, with jitter. */
  public Duration after(int attempt, RandomGenerator random) {
    double spread = 1 + jitter * (2 * random.nextDouble() - 1);
    return Duration.ofMillis(Math.round(after(attempt).toMillis() * spread));
  }
}
