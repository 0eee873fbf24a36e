package dev.longshore.task;

import java.time.DateTimeException;
import java.time.Duration;

/**
 * How many tasks may start in any stretch of time that is so long. Written {@code 10/PT1M}: ten in
 * a minute.
 *
 * @param count 1 or more
 * @param interval from a millisecond to 366 days
 */
public record Rate(int count, Duration interval) {

  private static final Duration LONGEST = Duration.ofDays(366);

  /** What is wrong with a text that is no rate. */
  private static final String NO_RATE =
      "must be a count and an ISO 8601 duration up to 366 days, such as 10/PT1M for ten a minute";

  public Rate {
    if (count < 1 || interval.toMillis() < 1 || interval.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(NO_RATE);
    }
  }

  /**
   * Reads {@code COUNT/INTERVAL}.
   *
   * @throws IllegalArgumentException saying what it must be
   */
  public static Rate of(String text) {
    int slash = text.indexOf('/');
    try {
      return new Rate(
          Integer.parseInt(text.substring(0, Math.max(0, slash))),
          Duration.parse(text.substring(slash + 1)));
    } catch (NumberFormatException | DateTimeException | ArithmeticException e) {
      throw new IllegalArgumentException(NO_RATE, e);
    }
  }

  @Override
  public String toString() {
    return count + "/" + interval;
  }
}
