package dev.longshore.engine.prune;

import dev.longshore.db.Sql;
import dev.longshore.task.TaskState;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Deletes history, a slice to a transaction. Tables are walked by their ids, which are as old as
 * their rows: no index on times has to be kept for it, and the walk ends where rows are too young.
 */
@ApplicationScoped
@Transactional(Transactional.TxType.REQUIRES_NEW)
class Slices {

  private static final int ROWS = 500;

  private static final String FINAL =
      Arrays.stream(TaskState.values())
          .filter(TaskState::isFinal)
          .map(s -> "'" + s.label() + "'")
          .collect(Collectors.joining(",", "(", ")"));

  /** Attempts, job executions with their steps, and the issues' logs go with their task's row. */
  private static final String TASKS =
      """
      with page as materialized (
          select id, ended_at, created_at, state in %1$s as finished,
              count(*) filter (where state in %1$s) over (order by id) as n
          from (select * from longshore.task where id > ? order by id limit %2$d) p),
      gone as (
          delete from longshore.task t using page
          where t.id = page.id and page.finished and t.state in %1$s
            and (page.n <= ? or t.ended_at < clock_timestamp() - ? * interval '1 second')
          returning t.id)
      select (select max(id) from page), (select count(*) from gone),
          (select bool_and(created_at < clock_timestamp() - ? * interval '1 second') from page)
      """
          .formatted(FINAL, ROWS);

  /** Of jobs without a task of their own, such as the quick lane's claims and this job itself. */
  private static final String EXECUTIONS =
      """
      with page as materialized (
          select id, created_at from longshore.job_execution where id > ? order by id limit %d),
      gone as (
          delete from longshore.job_execution e using page
          where e.id = page.id and e.task_id is null
            and e.status not in ('STARTING', 'STARTED', 'STOPPING')
            and e.ended_at < clock_timestamp() - ? * interval '1 second'
          returning e.id)
      select (select max(id) from page), (select count(*) from gone),
          (select bool_and(created_at < clock_timestamp() - ? * interval '1 second') from page)
      """
          .formatted(ROWS);

  /**
   * Task by task, as its key has it (V056): a task that ran late has young rows among old ones, so
   * the walk ends where all of a page are too young.
   */
  private static final String AUDIT =
      """
      with page as materialized (
          select task_id, id, at from longshore.audit where (task_id, id) > (?, ?)
          order by task_id, id limit %d),
      gone as (
          delete from longshore.audit a using page
          where a.task_id = page.task_id and a.id = page.id
            and a.at < clock_timestamp() - ? * interval '1 second'
          returning a.id),
      last as (select task_id, id from page order by task_id desc, id desc limit 1)
      select (select task_id from last), (select id from last), (select count(*) from gone),
          (select bool_or(at < clock_timestamp() - ? * interval '1 second') from page)
      """
          .formatted(ROWS);

  @Inject private Sql sql;

  /**
   * What a slice did.
   *
   * @param last the id that it ended with
   * @param old whether every row of it was old enough, so that more may be behind it
   */
  record Slice(long last, int removed, boolean old) {}

  /**
   * What a slice of the audit trail did.
   *
   * @param task with {@code id}, the row that it ended with
   * @param old whether a row of it was old enough, so that more may be behind it
   */
  record Trail(long task, long id, int removed, boolean old) {}

  /** How many finished tasks there are beyond so many. */
  long tasksBeyond(long keep) {
    return sql.first(
            "select coalesce(sum(count), 0)::bigint - ? from longshore.task_counts where state in "
                + FINAL,
            row -> row.getLong(1),
            keep)
        .orElseThrow();
  }

  /**
   * @param excess so many finished ones go whatever their age
   */
  Slice tasks(long after, long excess, Duration age) {
    return slice(TASKS, after, Math.max(0, excess), age, age);
  }

  Slice executions(long after, Duration age) {
    return slice(EXECUTIONS, after, age, age);
  }

  Trail audit(Trail after, Duration age) {
    return sql.first(
            AUDIT,
            row -> new Trail(row.getLong(1), row.getLong(2), row.getInt(3), row.getBoolean(4)),
            after.task,
            after.id,
            age,
            age)
        .orElseThrow();
  }

  /** Nodes that stopped, or were lost, long ago. */
  int workers(Duration age) {
    return sql.update(
        """
        delete from longshore.worker
        where state <> 'active' and seen_at < clock_timestamp() - ? * interval '1 second'
        """,
        age);
  }

  /** Those that nobody has used for a week (V053). */
  long routes() {
    return sql.first("select longshore.prune_routes()", row -> row.getLong(1)).orElseThrow();
  }

  private Slice slice(String statement, Object... parameters) {
    return sql.first(
            statement,
            row -> new Slice(row.getLong(1), row.getInt(2), row.getBoolean(3)),
            parameters)
        .orElseThrow();
  }
}
