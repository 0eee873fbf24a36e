package dev.longshore.engine.settle;

import dev.longshore.task.Backoff;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The attempt that is to be settled.
 *
 * @param task the task's id
 * @param type its type
 * @param claim the claim it ran under: the fence
 * @param number of the attempt, 1 for the task's first run
 * @param attempts the attempts that counted so far, this one among them
 * @param losses how many before this one were lost in a row
 * @param backoff of the type
 * @param actor the worker that settles
 */
public record Attempted(
    long task,
    String type,
    long claim,
    int number,
    int attempts,
    int maxAttempts,
    int losses,
    Backoff backoff,
    String actor) {

  /** What {@link #lost} reads of a task {@code t}, in its order. */
  public static final String COLUMNS =
      "t.id, t.type, t.claim_id, t.runs, t.attempts, t.max_attempts, t.losses";

  /** One that nobody runs any more: it waits for nothing. */
  public static Attempted lost(ResultSet row, String actor) throws SQLException {
    return new Attempted(
        row.getLong(1),
        row.getString(2),
        row.getLong(3),
        row.getInt(4),
        row.getInt(5),
        row.getInt(6),
        row.getInt(7),
        Backoff.DEFAULT,
        actor);
  }
}
