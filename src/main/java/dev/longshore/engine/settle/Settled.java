package dev.longshore.engine.settle;

import dev.longshore.db.DatabaseException;
import dev.longshore.task.Outcome;

/**
 * An attempt and what it came to.
 *
 * @param execution the batch job's execution id, 0 for none
 */
public record Settled(Attempted attempt, Outcome outcome, long execution) {

  public Settled(Attempted attempt, Outcome outcome) {
    this(attempt, outcome, 0);
  }

  /** What a handler answered with can be nothing that PostgreSQL keeps, such as U+0000 in JSON. */
  public Settled unstorable(DatabaseException why) {
    return new Settled(
        attempt,
        Outcome.failed(
            "It ended as %s, but what it answered cannot be stored (%s)"
                .formatted(outcome.label(), why.getMessage())),
        execution);
  }
}
