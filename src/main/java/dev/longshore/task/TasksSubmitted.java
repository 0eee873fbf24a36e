package dev.longshore.task;

/**
 * New pending tasks. Fired once per submission, however many tasks it had, inside its transaction;
 * claiming observes it after the commit.
 *
 * @param count how many there are
 * @param lane which all of them are in, or {@code null} where that is not known
 */
public record TasksSubmitted(int count, Lane lane) {

  /** Tasks of either lane, perhaps. */
  public TasksSubmitted(int count) {
    this(count, null);
  }
}
