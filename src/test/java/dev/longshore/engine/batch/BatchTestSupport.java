package dev.longshore.engine.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.db.Sql;
import dev.longshore.story.Archives;
import jakarta.batch.operations.JobOperator;
import jakarta.batch.runtime.BatchRuntime;
import jakarta.batch.runtime.BatchStatus;
import jakarta.batch.runtime.JobExecution;
import jakarta.inject.Inject;
import java.io.File;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** In-container tests of the batch runtime: a job, its script, and what came of both. */
@ExtendWith(ArquillianExtension.class)
@Execution(ExecutionMode.SAME_THREAD)
public abstract class BatchTestSupport {

  static final List<Integer> ALL = IntStream.range(0, 20).boxed().toList();

  @Inject Sql sql;
  @Inject TaskJobs jobs;
  @Inject Rows rows;
  @Inject Executions executions;
  @Inject Takeover takeover;

  String run;
  Script script;
  final JobOperator operator = BatchRuntime.getJobOperator();

  @Deployment
  static WebArchive archive() {
    WebArchive archive =
        Archives.longshore()
            .addPackage(BatchTestSupport.class.getPackage())
            .addClass(Archives.class);
    for (File job : new File("src/test/resources/batch-jobs").listFiles()) {
      archive.addAsResource(job, "META-INF/batch-jobs/" + job.getName());
    }
    return archive;
  }

  @BeforeEach
  void begin(TestInfo test) {
    rows.create();
    run = test.getTestMethod().orElseThrow().getName();
    script = Script.begin(run);
  }

  Properties parameters() {
    Properties parameters = new Properties();
    parameters.setProperty("run", run);
    return parameters;
  }

  /** Makes a task that runs under a claim, as the engine would have. */
  long task(long claim) {
    sql.update(
        """
        insert into longshore.task_type (name, lane, queue, priority, max_attempts,
            backoff_seconds, backoff_factor, backoff_cap)
        values ('batch-test', 'long', 'default', 4, 5, 1, 2, 300) on conflict do nothing""");
    return sql.first(
            """
            insert into longshore.task (type, queue, state, priority, max_attempts, claim_id, worker)
            values ('batch-test', 'default', 'ongoing', 4, 5, ?, 'test') returning id""",
            r -> r.getLong(1),
            claim)
        .orElseThrow();
  }

  /** Gives the task a new claim, as recovery and the next attempt would. */
  void claimAgain(long task, long claim) {
    sql.update("update longshore.task set claim_id = ? where id = ?", claim, task);
  }

  long newClaim() {
    return sql.first("select nextval('longshore.claim_id')", r -> r.getLong(1)).orElseThrow();
  }

  JobEnd runTask(String job, long task, long claim, boolean mayRestart) {
    JobEnd end = jobs.run(new TaskJob(job, task, claim, mayRestart, parameters(), null));
    if (end.unrecorded() == null) {
      return end;
    }
    writeEnd(end);
    String status =
        sql.first(
                "select status from longshore.job_execution where id = ? and claim_id = ?",
                r -> r.getString(1),
                end.execution(),
                claim)
            .orElseThrow();
    return !status.equals(end.status().name())
        ? JobEnd.lost(end.execution(), end.error())
        : new JobEnd(
            end.execution(),
            end.status(),
            end.exitStatus(),
            end.error(),
            end.failure(),
            end.advanced(),
            end.lost(),
            null);
  }

  /** As the settlement does, which it goes with. */
  void writeEnd(JobEnd end) {
    sql.list(TaskJobs.ends(List.of(end.unrecorded())), "select 1", r -> 1);
  }

  CompletableFuture<JobEnd> runAside(String job, long task, long claim) {
    return CompletableFuture.supplyAsync(() -> runTask(job, task, claim, true), Aside::start);
  }

  JobExecution await(long execution, BatchStatus status) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> operator.getJobExecution(execution), e -> e.getBatchStatus() == status);
  }

  JobExecution startAndAwait(String job, BatchStatus status) {
    return await(operator.start(job, parameters()), status);
  }

  String statusOnRecord(long execution) {
    return sql.first(
            "select status from longshore.job_execution where id = ?",
            r -> r.getString(1),
            execution)
        .orElseThrow();
  }

  List<String> stepsOnRecord(long execution) {
    return sql.list(
        """
        select step_name || ' ' || status from longshore.step_execution
        where job_execution_id = ? order by id""",
        r -> r.getString(1),
        execution);
  }

  void assertWrittenOnce() {
    assertThat(rows.of(run)).isEqualTo(ALL);
  }
}
