package dev.longshore.workload.issue;

import dev.longshore.db.Sql;
import dev.longshore.problem.NotFound;
import dev.longshore.task.TasksSubmitted;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;

/**
 * Stores issues and finds them. Triggers of the table submit their tasks, in the same transaction.
 */
@ApplicationScoped
class Issues {

  private static final String SELECT =
      """
      select i.id, i.description, i.status, i.assigned_to, i.task_id, i.created_at, i.updated_at,
          coalesce(t.attempts, 0), t.max_attempts, t.error
      from public.cape_issues i left join longshore.task t on t.id = i.task_id
      """;

  @Inject private Sql sql;
  @Inject private Event<TasksSubmitted> submitted;

  @Transactional
  int submit(String description) {
    int id =
        sql.first(
                "insert into public.cape_issues (description) values (?) returning id",
                row -> row.getInt(1),
                description)
            .orElseThrow();
    submitted.fire(new TasksSubmitted(1));
    return id;
  }

  /**
   * @throws NotFound when there is none
   */
  Issue get(int id) {
    return sql.first(SELECT + "where i.id = ?", Issues::issue, id)
        .orElseThrow(() -> new NotFound("issue", id));
  }

  /**
   * Newest first.
   *
   * @param status {@code null} for all
   * @param after the id that the page before ended with; {@code null} for the first page
   */
  List<Issue> page(String status, Long after, int limit) {
    long below = after == null ? Long.MAX_VALUE : after;
    return status == null
        ? sql.list(
            SELECT + "where i.id < ? order by i.id desc limit ?", Issues::issue, below, limit)
        : sql.list(
            SELECT + "where i.status = ? and i.id < ? order by i.id desc limit ?",
            Issues::issue,
            status,
            below,
            limit);
  }

  /** The runs of its latest task, first one first. */
  List<Issue.Run> runs(Issue issue) {
    return sql.list(
        """
        select a.number, a.claim_id, a.worker, a.started_at, a.ended_at, a.outcome, a.error,
            r.exit_code, r.output
        from longshore.attempt a left join longshore.issue_run r using (task_id, claim_id)
        where a.task_id = ?::bigint order by a.number
        """,
        Issues::run,
        issue.task());
  }

  private static Issue issue(ResultSet row) throws SQLException {
    return new Issue(
        row.getInt(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getObject(5, Long.class),
        row.getObject(6, OffsetDateTime.class),
        row.getObject(7, OffsetDateTime.class),
        row.getInt(8),
        row.getObject(9, Integer.class),
        row.getString(10));
  }

  private static Issue.Run run(ResultSet row) throws SQLException {
    return new Issue.Run(
        row.getInt(1),
        row.getLong(2),
        row.getString(3),
        row.getObject(4, OffsetDateTime.class),
        row.getObject(5, OffsetDateTime.class),
        row.getString(6),
        row.getString(7),
        row.getObject(8, Integer.class),
        row.getObject(9, Long.class));
  }
}
