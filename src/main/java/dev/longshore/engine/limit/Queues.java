package dev.longshore.engine.limit;

import dev.longshore.db.Sql;
import dev.longshore.problem.NotFound;
import dev.longshore.task.Limits;
import dev.longshore.task.Rate;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * Queues as operators see and set them. A queue needs no making: it is there once a task or a type
 * names it, or somebody gives it a limit. What is set holds for every claim from the commit on.
 */
@ApplicationScoped
public class Queues {

  private static final String KNOWN =
      """
      select n.name, coalesce(q.paused, false) as paused, q.task_limit, q.key_limit, q.rate_count,
          q.rate_seconds, q.key_rate_count, q.key_rate_seconds
      from (select queue as name from longshore.route
            union select queue from longshore.task_type
            union select name from longshore.queue) n
      left join longshore.queue q using (name)
      where ?::text is null or n.name = ?
      order by n.name
      """;

  private static final String SET =
      """
      insert into longshore.queue as q (name, paused, task_limit, key_limit, rate_count,
          rate_seconds, key_rate_count, key_rate_seconds)
      values (?, coalesce(?::boolean, false), ?::int, ?::int, ?::int, ?::float8, ?::int, ?::float8)
      on conflict (name) do update
      set paused = coalesce(?::boolean, q.paused), task_limit = excluded.task_limit,
          key_limit = excluded.key_limit, rate_count = excluded.rate_count,
          rate_seconds = excluded.rate_seconds, key_rate_count = excluded.key_rate_count,
          key_rate_seconds = excluded.key_rate_seconds, changed_at = now()
      """;

  private static final String PAUSE =
      """
      insert into longshore.queue (name, paused) values (?, ?)
      on conflict (name) do update set paused = excluded.paused, changed_at = now()
      """;

  /**
   * A change waits for the claims that are under way, and new ones wait for it: not for long, in
   * case a node was stopped in the middle of one.
   */
  static final String NOT_LONG = "set local lock_timeout = '3s'";

  @Inject private Sql sql;

  /** All of them, by name. */
  public List<QueuePolicy> all() {
    return sql.list(KNOWN, Queues::queue, null, null);
  }

  /**
   * @throws NotFound when no task, no type and no limit has that name
   */
  public QueuePolicy get(String name) {
    return sql.first(KNOWN, Queues::queue, name, name)
        .orElseThrow(() -> new NotFound("queue", name));
  }

  /**
   * Replaces a queue's limits; the queue need not be known.
   *
   * @param paused {@code null} leaves it as it is
   */
  @Transactional
  public void set(String name, Boolean paused, Limits limits) {
    sql.update(NOT_LONG);
    sql.update(
        SET,
        name,
        paused,
        limits.tasks(),
        limits.perKey(),
        count(limits.rate()),
        seconds(limits.rate()),
        count(limits.keyRate()),
        seconds(limits.keyRate()),
        paused);
  }

  /**
   * Has its tasks wait, or go on. What is under way is not stopped.
   *
   * @throws NotFound as {@link #get} does: a slip in the name would pause nothing
   */
  @Transactional
  public void pause(String name, boolean paused) {
    get(name);
    sql.update(NOT_LONG);
    sql.update(PAUSE, name, paused);
  }

  private static Integer count(Rate rate) {
    return rate == null ? null : rate.count();
  }

  private static Double seconds(Rate rate) {
    return rate == null ? null : rate.interval().toMillis() / 1000.0;
  }

  private static QueuePolicy queue(ResultSet row) throws SQLException {
    return new QueuePolicy(row.getString("name"), row.getBoolean("paused"), Policies.limits(row));
  }
}
