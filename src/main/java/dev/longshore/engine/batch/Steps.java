package dev.longshore.engine.batch;

import dev.longshore.db.Sql;
import jakarta.batch.runtime.Metric.MetricType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jberet.runtime.JobExecutionImpl;
import org.jberet.runtime.StepExecutionImpl;

/** The table of step executions, with the checkpoints of their chunks. */
@ApplicationScoped
class Steps {

  static final List<MetricType> METRICS =
      List.of(
          MetricType.READ_COUNT,
          MetricType.WRITE_COUNT,
          MetricType.COMMIT_COUNT,
          MetricType.ROLLBACK_COUNT,
          MetricType.READ_SKIP_COUNT,
          MetricType.PROCESS_SKIP_COUNT,
          MetricType.WRITE_SKIP_COUNT,
          MetricType.FILTER_COUNT);

  /**
   * Inserts or updates a step's row for the job row that {@code j} holds. Checkpoints come only
   * with a chunk, in its transaction: what an ended step has in memory may have been rolled back.
   */
  private static final String UPSERT_FROM_J =
      """

      insert into longshore.step_execution (id, job_execution_id, step_name, status, exit_status,
          error, started_at, ended_at, user_data, reader_checkpoint, writer_checkpoint, read_count,
          write_count, commit_count, rollback_count, read_skip_count, process_skip_count,
          write_skip_count, filter_count)
      select ?::bigint, j.id, ?, ?, ?, ?::text,
          clock_timestamp() - ?::bigint * interval '1 ms',
          clock_timestamp() - ?::bigint * interval '1 ms',
          ?::bytea, ?::bytea, ?::bytea, ?::bigint, ?::bigint, ?::bigint, ?::bigint, ?::bigint,
          ?::bigint, ?::bigint, ?::bigint
      from j
      on conflict (id) do update set status = excluded.status, exit_status = excluded.exit_status,
          error = excluded.error, ended_at = excluded.ended_at, user_data = excluded.user_data,
          reader_checkpoint = case when excluded.status in %1$s
              then excluded.reader_checkpoint else step_execution.reader_checkpoint end,
          writer_checkpoint = case when excluded.status in %1$s
              then excluded.writer_checkpoint else step_execution.writer_checkpoint end, read_count = excluded.read_count,
          write_count = excluded.write_count, commit_count = excluded.commit_count,
          rollback_count = excluded.rollback_count, read_skip_count = excluded.read_skip_count,
          process_skip_count = excluded.process_skip_count,
          write_skip_count = excluded.write_skip_count, filter_count = excluded.filter_count"""
          .formatted(Executions.LIVE);

  private static final Map<Fence, String> WRITE =
      Map.of(
          Fence.RUNNING, "with j as (" + Fence.RUNNING.sql + ")" + UPSERT_FROM_J,
          Fence.LIVE, "with j as (" + Fence.LIVE.sql + ")" + UPSERT_FROM_J);

  private static final String SELECT =
      """
      select s.id, s.step_name, s.started_at, s.ended_at, s.status, s.exit_status, s.user_data,
          s.read_count, s.write_count, s.commit_count, s.rollback_count, s.read_skip_count,
          s.process_skip_count, s.filter_count, s.write_skip_count, s.reader_checkpoint,
          s.writer_checkpoint
      from longshore.step_execution s
      """;

  @Inject Sql sql;

  private long nextId;
  private long endOfBlock;

  /** Draws an id; a hundred of them cost one statement. */
  synchronized long newId() {
    if (nextId == endOfBlock) {
      nextId =
          sql.first("select nextval('longshore.step_execution_id')", r -> r.getLong(1))
              .orElseThrow();
      endOfBlock = nextId + 100;
    }
    return nextId++;
  }

  /**
   * Writes the step in the caller's transaction if the fence lets it.
   *
   * @return whether it was
   */
  boolean write(LiveJob job, StepExecutionImpl step, Fence fence) {
    List<Object> parameters = new ArrayList<>(List.of(job.id()));
    parameters.add(job.claim);
    parameters.addAll(values(step));
    return sql.update(WRITE.get(fence), parameters.toArray()) == 1;
  }

  /**
   * Ends the job and writes its last step, in one statement.
   *
   * @return whether the job was still ours to end
   */
  boolean writeLast(LiveJob job, JobExecutionImpl execution, StepExecutionImpl step) {
    List<Object> parameters =
        new ArrayList<>(Arrays.asList(Executions.endParameters(job, execution)));
    parameters.addAll(values(step));
    String statement = "with j as (" + Executions.END + " returning id)" + UPSERT_FROM_J;
    return sql.update(statement, parameters.toArray()) == 1;
  }

  private static List<Object> values(StepExecutionImpl step) {
    long now = System.currentTimeMillis();
    List<Object> values = new ArrayList<>();
    values.add(step.getStepExecutionId());
    values.add(step.getStepName());
    values.add(step.getBatchStatus().name());
    values.add(step.getExitStatus());
    values.add(ErrorText.of(step));
    // The node's clock only measures how long ago it was; the time is the database's.
    values.add(now - step.getStartTime().getTime());
    values.add(step.getEndTime() == null ? null : now - step.getEndTime().getTime());
    values.add(step.getPersistentUserDataSerialized());
    boolean ended = Executions.isEnded(step.getBatchStatus());
    values.add(ended ? null : step.getReaderCheckpointInfoSerialized());
    values.add(ended ? null : step.getWriterCheckpointInfoSerialized());
    METRICS.forEach(m -> values.add(step.getStepMetrics().get(m)));
    return values;
  }

  /** Records how many partitions the step is going to run. */
  boolean recordPartitions(LiveJob job, long step, int count) {
    return sql.update(
            "with j as ("
                + Fence.LIVE.sql
                + ") update longshore.step_execution set partitions = ? where id = ?"
                + " and job_execution_id = (select id from j)",
            job.id(),
            job.claim,
            count,
            step)
        == 1;
  }

  /** In the order they began. */
  List<StepExecutionImpl> ofJob(long execution) {
    return sql.list(SELECT + "where s.job_execution_id = ? order by s.id", Steps::step, execution);
  }

  /**
   * The last run of a step in a job instance. One that was partitioned and did not complete answers
   * as STARTED: then JBeret also runs the partitions that had no chance to begin. One that
   * completed has no checkpoint: where it may run again, it does so from its beginning.
   */
  Optional<StepExecutionImpl> lastOf(String stepName, long instance) {
    return sql.first(
        """
        select s.id, s.step_name, s.started_at, s.ended_at,
            case when s.status <> 'COMPLETED' and s.partitions is distinct from
                (select count(*) from longshore.partition_execution p
                where p.step_execution_id = s.id)
              then 'STARTED' else s.status end,
            s.exit_status, s.user_data, s.read_count, s.write_count, s.commit_count,
            s.rollback_count, s.read_skip_count, s.process_skip_count, s.filter_count,
            s.write_skip_count,
            case when s.status <> 'COMPLETED' then s.reader_checkpoint end,
            case when s.status <> 'COMPLETED' then s.writer_checkpoint end
        from longshore.step_execution s
        join longshore.job_execution e on e.id = s.job_execution_id
        where (e.task_id = ? or e.task_id is null and e.instance_id = ?) and s.step_name = ?
        order by e.id desc, s.id desc limit 1""",
        Steps::step,
        instance,
        instance,
        stepName);
  }

  int countStarts(String stepName, long instance) {
    return sql.first(
            """
            select count(*) from longshore.step_execution s
            join longshore.job_execution e on e.id = s.job_execution_id
            where (e.task_id = ? or e.task_id is null and e.instance_id = ?) and s.step_name = ?""",
            r -> r.getInt(1),
            instance,
            instance,
            stepName)
        .orElse(0);
  }

  private static StepExecutionImpl step(ResultSet r) throws SQLException {
    return new StepExecutionImpl(
        r.getLong(1),
        r.getString(2),
        r.getTimestamp(3),
        r.getTimestamp(4),
        r.getString(5),
        r.getString(6),
        r.getBytes(7),
        r.getLong(8),
        r.getLong(9),
        r.getLong(10),
        r.getLong(11),
        r.getLong(12),
        r.getLong(13),
        r.getLong(14),
        r.getLong(15),
        r.getBytes(16),
        r.getBytes(17));
  }
}
