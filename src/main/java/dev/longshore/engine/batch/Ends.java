package dev.longshore.engine.batch;

import dev.longshore.db.Sql;
import jakarta.batch.runtime.Metric.MetricType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jberet.runtime.StepExecutionImpl;

/** Ends the jobs of tasks, many in one statement, each with its last step. */
final class Ends {

  private static final String END =
      """
      with given as (
          select * from unnest(?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::bigint[],
                  ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::bytea[],
                  ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],
                  ?::bigint[], ?::bigint[])
              as g (job, claim, job_status, job_exit, position, step, step_name, status, exit_status,
                  error, started, ended, user_data, read_count, write_count, commit_count,
                  rollback_count, read_skip_count, process_skip_count, write_skip_count,
                  filter_count)),
      ours as (
          update longshore.job_execution e
          set status = g.job_status, exit_status = g.job_exit, restart_position = g.position,
              ended_at = clock_timestamp(), updated_at = clock_timestamp()
          from given g
          where e.id = any (array(select job from given)) and e.id = g.job
            and e.claim_id = g.claim and e.%s in %s
          returning e.id)
      insert into longshore.step_execution as s (id, job_execution_id, step_name, status,
          exit_status, error, started_at, ended_at, user_data, read_count, write_count,
          commit_count, rollback_count, read_skip_count, process_skip_count, write_skip_count,
          filter_count)
      select step, job, step_name, status, exit_status, error,
          clock_timestamp() - started * interval '1 ms', clock_timestamp() - ended * interval '1 ms',
          user_data, read_count, write_count, commit_count, rollback_count, read_skip_count,
          process_skip_count, write_skip_count, filter_count
      from given join ours on ours.id = given.job
      -- Its checkpoints stay as its last chunk has written them.
      on conflict (id) do update set status = excluded.status, exit_status = excluded.exit_status,
          error = excluded.error, ended_at = excluded.ended_at, user_data = excluded.user_data,
          read_count = excluded.read_count, write_count = excluded.write_count,
          commit_count = excluded.commit_count, rollback_count = excluded.rollback_count,
          read_skip_count = excluded.read_skip_count,
          process_skip_count = excluded.process_skip_count,
          write_skip_count = excluded.write_skip_count, filter_count = excluded.filter_count;
      """
          .formatted(Executions.STATUS, Executions.LIVE);

  private record End(LiveJob job, StepExecutionImpl step) {}

  private Ends() {}

  /** Writes the ends of those jobs that are still their claims' to end. */
  static Sql.Before of(List<LiveJob> jobs) {
    List<End> ends = jobs.stream().map(j -> new End(j, j.ended.peek())).toList();
    long now = System.currentTimeMillis();
    List<Object> columns = new ArrayList<>();
    columns.add(longs(ends, e -> e.job.id()));
    columns.add(longs(ends, e -> e.job.claim));
    columns.add(texts(ends, e -> e.job.execution.getBatchStatus().name()));
    columns.add(texts(ends, e -> e.job.execution.getExitStatus()));
    columns.add(texts(ends, e -> e.job.execution.combineRestartPositionAndUser()));
    columns.add(longs(ends, e -> e.step.getStepExecutionId()));
    columns.add(texts(ends, e -> e.step.getStepName()));
    columns.add(texts(ends, e -> e.step.getBatchStatus().name()));
    columns.add(texts(ends, e -> e.step.getExitStatus()));
    columns.add(texts(ends, e -> ErrorText.of(e.step)));
    // The node's clock only measures how long ago it was; the time is the database's.
    columns.add(longs(ends, e -> now - e.step.getStartTime().getTime()));
    columns.add(
        longs(ends, e -> e.step.getEndTime() == null ? null : now - e.step.getEndTime().getTime()));
    columns.add(
        ends.stream().map(e -> e.step.getPersistentUserDataSerialized()).toArray(byte[][]::new));
    for (MetricType metric : Steps.METRICS) {
      columns.add(longs(ends, e -> e.step.getStepMetrics().get(metric)));
    }
    return new Sql.Before(END, columns);
  }

  private static Long[] longs(List<End> ends, Function<End, Long> value) {
    return ends.stream().map(value).toArray(Long[]::new);
  }

  private static String[] texts(List<End> ends, Function<End, String> value) {
    return ends.stream().map(value).toArray(String[]::new);
  }
}
