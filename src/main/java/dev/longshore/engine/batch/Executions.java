package dev.longshore.engine.batch;

import dev.longshore.db.Sql;
import jakarta.batch.runtime.BatchStatus;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.jberet.runtime.JobExecutionImpl;
import org.jberet.runtime.JobInstanceImpl;

/** The table of job executions. An instance is what its executions say of it. */
@ApplicationScoped
class Executions {

  /**
   * Of one execution: by its id alone. Else the planner was seen reading the index of live
   * executions, with every dead entry of one that has ended since the last vacuum, for each.
   */
  static final String STATUS = "status || ''";

  /** The statuses of an execution that somebody runs. */
  static final String LIVE = "('STARTING','STARTED','STOPPING')";

  /** The parameters are the instance, twice. */
  private static final String OF_INSTANCE = "(task_id = ? or task_id is null and instance_id = ?)";

  @Inject Sql sql;

  /** Who runs an execution: which worker and, where no claim says it, which life of it. */
  record Runner(String worker, Long run) {}

  /**
   * Records a new execution as started.
   *
   * @param instance {@code null} for a new one
   * @throws ClaimLost when the claim is gone
   * @throws dev.longshore.db.DatabaseException a unique violation when another execution of the
   *     instance is live
   */
  JobIds begin(
      Long instance, Long task, Long claim, Runner by, String name, String xml, Properties p) {
    return sql.first(
            """
            insert into longshore.job_execution
                (instance_id, task_id, claim_id, worker, worker_run, job_name, job_xml, parameters,
                status)
            select coalesce(?::bigint, nextval('longshore.job_instance_id')),
                ?::bigint, ?::bigint, ?, ?::bigint, ?, ?, ?::jsonb, 'STARTED'
            where ?::bigint is null
               or exists (select 1 from longshore.task where claim_id = ?::bigint for key share)
                   and %s
            returning id, instance_id"""
                .formatted(Sql.MAY_BE_LOST),
            r -> new JobIds(r.getLong(1), r.getLong(2)),
            instance,
            task,
            claim,
            by.worker(),
            by.run(),
            name,
            xml,
            RecordedExecution.json(p),
            claim,
            claim)
        .orElseThrow(() -> new ClaimLost(claim));
  }

  /**
   * Ends an execution; takes {@link #endParameters}. A task's job may begin and end unsynced: the
   * settlement that follows is not, and a crash before it has the attempt run again.
   */
  static final String END =
      """
      update longshore.job_execution
      set status = ?, exit_status = ?, restart_position = ?, ended_at = clock_timestamp(),
          updated_at = clock_timestamp()
      where id = ? and claim_id is not distinct from ?::bigint
        and (claim_id is null or %s) and %s in %s"""
          .formatted(Sql.MAY_BE_LOST, STATUS, LIVE);

  static Object[] endParameters(LiveJob job, JobExecutionImpl e) {
    return new Object[] {
      e.getBatchStatus().name(),
      e.getExitStatus(),
      e.combineRestartPositionAndUser(),
      job.id(),
      job.claim
    };
  }

  /**
   * @return whether the execution was still ours to end
   */
  boolean end(LiveJob job, JobExecutionImpl e) {
    return sql.update(END, endParameters(job, e)) == 1;
  }

  void abandon(long execution) {
    sql.update(
        """
        update longshore.job_execution set status = 'ABANDONED', updated_at = clock_timestamp()
        where id = ? and status not in\s"""
            + LIVE,
        execution);
  }

  /**
   * Asks the execution to stop, wherever it runs.
   *
   * @return whether it was live
   */
  boolean stop(long execution) {
    return sql.update(
            """
            update longshore.job_execution set status = 'STOPPING', updated_at = clock_timestamp()
            where id = ? and status in\s"""
                + LIVE,
            execution)
        == 1;
  }

  /** The status on record of an execution under that claim, {@code null} when there is none. */
  String status(LiveJob job) {
    return sql.first(
            """
            select status from longshore.job_execution
            where id = ? and claim_id is not distinct from ?::bigint""",
            r -> r.getString(1),
            job.id(),
            job.claim)
        .orElse(null);
  }

  /** Those of the executions that somebody has asked to stop. */
  List<Long> stopping(Long[] executions) {
    return sql.list(
        "select id from longshore.job_execution where id = any (?) and status = 'STOPPING'",
        r -> r.getLong(1),
        (Object) executions);
  }

  /**
   * Ends what an earlier claim of the task has left live. A task has one claim at a time, so the
   * holder of the present one may.
   */
  void takeOver(long task, long claim) {
    sql.update(
        """
        update longshore.job_execution
        set status = 'FAILED', exit_status = 'lost', ended_at = clock_timestamp(),
            updated_at = clock_timestamp()
        where instance_id = ? and claim_id <> ? and status in\s"""
            + LIVE
            + " and exists (select 1 from longshore.task where id = ? and claim_id = ?)",
        task,
        claim,
        task,
        claim);
  }

  /**
   * Ends executions without a task whose worker's life is over: nobody else will, and what is live
   * can't be restarted. Those of tasks are taken over with their claims.
   */
  List<Long> failLost() {
    return sql.list(
        """
        update longshore.job_execution e
        set status = 'FAILED', exit_status = 'lost', ended_at = clock_timestamp(),
            updated_at = clock_timestamp()
        where claim_id is null and status in %s and worker_run is not null
          and not exists (select 1 from longshore.worker w
              where w.id = e.worker and w.run = e.worker_run and w.state = 'active')
        returning id"""
            .formatted(LIVE),
        r -> r.getLong(1));
  }

  /**
   * Ends live executions of instances without a task, whoever runs them; what they write is lost.
   *
   * @param exit {@code lost} where it may have taken its node down, see {@link #lostLast}
   */
  void failLive(Long[] instances, String exit) {
    sql.update(
        """
        update longshore.job_execution
        set status = 'FAILED', exit_status = ?, ended_at = clock_timestamp(),
            updated_at = clock_timestamp()
        where instance_id = any(?) and task_id is null and status in %s"""
            .formatted(LIVE),
        exit,
        instances);
  }

  /** Ends live executions of an instance without a task, but for some. */
  int endLeftBehind(long instance, Long[] but) {
    return sql.update(
        """
        update longshore.job_execution
        set status = 'FAILED', exit_status = 'left behind', ended_at = clock_timestamp(),
            updated_at = clock_timestamp()
        where instance_id = ? and task_id is null and status in %s and id <> all(?)"""
            .formatted(LIVE),
        instance,
        but);
  }

  /** Those of the instances without a task whose last execution was lost. */
  List<Long> lostLast(Long[] instances) {
    return sql.list(
        """
        select i from unnest(?::bigint[]) i
        where (select exit_status from longshore.job_execution
               where instance_id = i and task_id is null order by id desc limit 1) = 'lost'
        """,
        r -> r.getLong(1),
        (Object) instances);
  }

  Optional<JobExecutionImpl> find(long execution) {
    return sql.first(
        "select " + RecordedExecution.COLUMNS + " from longshore.job_execution where id = ?",
        RecordedExecution::execution,
        execution);
  }

  /** The executions of an instance, oldest first. */
  List<JobExecutionImpl> ofInstance(long instance) {
    return sql.list(
        "select "
            + RecordedExecution.COLUMNS
            + " from longshore.job_execution where "
            + OF_INSTANCE
            + " order by id",
        RecordedExecution::execution,
        instance,
        instance);
  }

  /** The last execution of a task's job. */
  Optional<JobExecutionImpl> lastOf(long task) {
    return sql.first(
        "select "
            + RecordedExecution.COLUMNS
            + " from longshore.job_execution where task_id = ? order by id desc limit 1",
        RecordedExecution::execution,
        task);
  }

  /** The file that the execution's job came from. */
  Optional<String> jobXmlOf(long execution) {
    return sql.first(
        "select job_xml from longshore.job_execution where id = ?", r -> r.getString(1), execution);
  }

  /** Newest first. */
  List<Long> idsByName(String job, boolean liveOnly, int limit) {
    return sql.list(
        "select id from longshore.job_execution where job_name = ? and (not ? or status in "
            + LIVE
            + ") order by id desc limit ?",
        r -> r.getLong(1),
        job,
        liveOnly,
        limit);
  }

  Optional<JobInstanceImpl> instance(long instance) {
    return sql.first(
        "select instance_id, job_name from longshore.job_execution where "
            + OF_INSTANCE
            + " limit 1",
        r -> RecordedExecution.instance(r.getLong(1), r.getString(2)),
        instance,
        instance);
  }

  /** Newest first. */
  List<JobInstanceImpl> instances(String job) {
    return sql.list(
        """
        select instance_id from longshore.job_execution where job_name = ?
        group by instance_id order by max(id) desc""",
        r -> RecordedExecution.instance(r.getLong(1), job),
        job);
  }

  int countInstances(String job) {
    return sql.first(
            "select count(distinct instance_id) from longshore.job_execution where job_name = ?",
            r -> r.getInt(1),
            job)
        .orElse(0);
  }

  /** Deletes the ended executions of an instance. */
  void remove(long instance) {
    sql.update(
        "delete from longshore.job_execution where " + OF_INSTANCE + " and status not in " + LIVE,
        instance,
        instance);
  }

  static boolean isEnded(BatchStatus status) {
    return status != BatchStatus.STARTING
        && status != BatchStatus.STARTED
        && status != BatchStatus.STOPPING;
  }
}
