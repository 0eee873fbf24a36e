package dev.longshore.log.worker;

import dev.longshore.db.Sql;
import dev.longshore.problem.NotFound;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The messages that a worker has set aside: look at them, replay them, discard them. */
@ApplicationScoped
@Transactional
public class DeadLetters {

  private static final Logger LOG = Logger.getLogger(DeadLetters.class.getName());

  private static final String SELECT =
      """
      select id, worker, message_id, name, payload::text, metadata::text, created_at, error,
          attempts, set_aside_at, replay_at is not null
      from longshore.dead_letter where worker = ? and\s""";

  @Inject private Sql sql;
  @Inject private Event<WorkersChanged> changed;

  /**
   * A page, oldest first.
   *
   * @throws NotFound when there is no such worker
   */
  public List<DeadLetter> page(String worker, long after, int limit) {
    require(worker);
    return sql.list(SELECT + "id > ? order by id limit " + limit, DeadLetters::of, worker, after);
  }

  /**
   * One.
   *
   * @throws NotFound when the worker has no such dead letter
   */
  public DeadLetter get(String worker, long id) {
    require(worker);
    return sql.first(SELECT + "id = ?", DeadLetters::of, worker, id)
        .orElseThrow(() -> new NotFound("dead letter", id + " of event worker " + worker));
  }

  /**
   * Has its message tried once more, between others: gone if that goes well, else it lies there
   * again with the new error.
   */
  public DeadLetter replay(String worker, long id, String actor) {
    int rows =
        sql.update(
            """
            update longshore.dead_letter set replay_at = coalesce(replay_at, clock_timestamp())
            where worker = ? and id = ?
            """,
            worker,
            id);
    if (rows == 1) {
      told(worker, "has dead letter " + id + " replayed", actor);
    }
    return get(worker, id);
  }

  /**
   * The same of all.
   *
   * @return how many there are
   */
  public int replayAll(String worker, String actor) {
    require(worker);
    int rows =
        sql.update(
            """
            update longshore.dead_letter set replay_at = coalesce(replay_at, clock_timestamp())
            where worker = ?
            """,
            worker);
    told(worker, "has " + rows + " dead letters replayed", actor);
    return rows;
  }

  /** Drops it for good. */
  public void discard(String worker, long id, String actor) {
    if (sql.update("delete from longshore.dead_letter where worker = ? and id = ?", worker, id)
        == 0) {
      get(worker, id); // says what is missing
    }
    told(worker, "has dead letter " + id + " discarded", actor);
  }

  private static DeadLetter of(ResultSet row) throws SQLException {
    return new DeadLetter(
        row.getLong(1),
        row.getString(2),
        row.getLong(3),
        row.getString(4),
        row.getString(5),
        row.getString(6),
        row.getObject(7, OffsetDateTime.class),
        row.getString(8),
        row.getInt(9),
        row.getObject(10, OffsetDateTime.class),
        row.getBoolean(11));
  }

  private void require(String worker) {
    if (sql.first("select 1 from longshore.event_worker where name = ?", r -> 1, worker)
        .isEmpty()) {
      throw new NotFound("event worker", worker);
    }
  }

  private void told(String worker, String what, String actor) {
    LOG.log(Level.INFO, "Event worker {0} {1}, by {2}", new Object[] {worker, what, actor});
    changed.fire(new WorkersChanged(worker));
  }
}
