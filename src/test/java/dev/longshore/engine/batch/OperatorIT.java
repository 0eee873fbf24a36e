package dev.longshore.engine.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.batch.operations.JobExecutionAlreadyCompleteException;
import jakarta.batch.operations.JobExecutionNotMostRecentException;
import jakarta.batch.operations.JobExecutionNotRunningException;
import jakarta.batch.operations.JobRestartException;
import jakarta.batch.operations.NoSuchJobException;
import jakarta.batch.operations.NoSuchJobExecutionException;
import jakarta.batch.runtime.BatchStatus;
import jakarta.batch.runtime.JobExecution;
import jakarta.batch.runtime.StepExecution;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jberet.job.model.Job;
import org.jberet.repository.ApplicationAndJobName;
import org.jberet.runtime.JobExecutionImpl;
import org.jberet.runtime.JobInstanceImpl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The specification's job operator, and what stands behind it. */
class OperatorIT extends BatchTestSupport {

  @Inject LibertyEnvironment environment;
  @Inject Repository repository;
  @Inject Transactions transactions;
  @Inject CdiArtifacts artifacts;
  @Inject JobXml jobXml;

  private final CountDownLatch inBatchlet = new CountDownLatch(1);

  @AfterEach
  void end() {
    Artifacts.Quiet.fails = false;
  }

  @Test
  void what_has_completed_or_is_not_the_last_or_not_restartable_is_not_restarted() {
    long completed = startAndAwait("test-one", BatchStatus.COMPLETED).getExecutionId();
    assertThatThrownBy(() -> operator.restart(completed, parameters()))
        .isInstanceOf(JobExecutionAlreadyCompleteException.class)
        .hasMessageContaining("nothing to restart");

    fail("as asked");
    long first = startAndAwait("test-one", BatchStatus.FAILED).getExecutionId();
    await(operator.restart(first, parameters()), BatchStatus.FAILED);
    assertThatThrownBy(() -> operator.restart(first, parameters()))
        .isInstanceOf(JobExecutionNotMostRecentException.class)
        .hasMessageContaining("is not the last one");

    long once = startAndAwait("test-unrestartable", BatchStatus.FAILED).getExecutionId();
    assertThatThrownBy(() -> operator.restart(once, parameters()))
        .isInstanceOf(JobRestartException.class)
        .hasMessage("Job test-unrestartable is not restartable");
  }

  @Test
  void what_was_abandoned_is_not_restarted() {
    fail("as asked");
    long failed = startAndAwait("test-one", BatchStatus.FAILED).getExecutionId();

    operator.abandon(failed);

    assertThat(statusOnRecord(failed)).isEqualTo("ABANDONED");
    assertThatThrownBy(() -> operator.restart(failed, parameters()))
        .isInstanceOf(JobRestartException.class)
        .hasMessageContaining("is ABANDONED");
  }

  @Test
  void of_two_restarts_at_once_one_is_made() {
    fail("as asked");
    long first = startAndAwait("test-one", BatchStatus.FAILED).getExecutionId();
    long second = await(operator.restart(first, parameters()), BatchStatus.FAILED).getExecutionId();
    // One that was not there yet when the restart looked.
    sql.update("update longshore.job_execution set status = 'STARTED' where id = ?", first);

    assertThatThrownBy(() -> operator.restart(second, parameters()))
        .isInstanceOf(JobRestartException.class)
        .hasMessageContaining("running already: a second one was not started");

    sql.update("update longshore.job_execution set status = 'FAILED' where id = ?", first);
  }

  @Test
  void a_node_that_has_not_read_the_job_restarts_it_by_its_file() {
    script.onItem =
        item -> {
          if (item == 13) {
            throw new UnsupportedOperationException("13");
          }
        };
    long failed = startAndAwait("test-steps", BatchStatus.FAILED).getExecutionId();
    repository.removeJob("test-steps");
    assertThat(repository.jobExists("test-steps")).isFalse();
    script.onItem = item -> {};

    await(operator.restart(failed, parameters()), BatchStatus.COMPLETED);

    assertWrittenOnce();
  }

  @Test
  void a_step_begins_no_more_often_than_its_limit_says() {
    fail("as asked");
    long failed = startAndAwait("test-start-limit", BatchStatus.FAILED).getExecutionId();
    script.onBatchlet = step -> null;

    JobExecution again = await(operator.restart(failed, parameters()), BatchStatus.FAILED);

    assertThat(script.events).containsExactly("only");
    assertThat(again.getBatchStatus()).isEqualTo(BatchStatus.FAILED);
  }

  @Test
  void a_job_may_be_without_parameters() {
    Artifacts.Quiet.fails = true;
    long failed = await(operator.start("test-quiet", null), BatchStatus.FAILED).getExecutionId();
    assertThat(operator.getParameters(failed)).isNull();
    Artifacts.Quiet.fails = false;

    await(operator.restart(failed, null), BatchStatus.COMPLETED);
  }

  @Test
  void what_runs_is_stopped_and_what_does_not_is_told_so() throws Exception {
    script.onBatchlet = this::untilStopped;
    long running = operator.start("test-one", parameters());
    awaitBatchlet();
    assertThat(operator.getRunningExecutions("test-one")).contains(running);

    operator.stop(running);

    await(running, BatchStatus.STOPPED);
    assertThat(operator.getRunningExecutions("test-one")).doesNotContain(running);
    assertThatThrownBy(() -> operator.stop(running))
        .isInstanceOf(JobExecutionNotRunningException.class)
        .hasMessageContaining("is STOPPED: there is nothing to stop");
    assertThatThrownBy(() -> operator.stop(1L << 60))
        .isInstanceOf(NoSuchJobExecutionException.class);
  }

  @Test
  void instances_are_counted_and_listed_newest_first() {
    int before = countOf("test-injection");
    startAndAwait("test-injection", BatchStatus.COMPLETED);
    long last = startAndAwait("test-injection", BatchStatus.COMPLETED).getExecutionId();

    assertThat(operator.getJobInstanceCount("test-injection")).isEqualTo(before + 2);
    assertThat(operator.getJobInstances("test-injection", 0, 1).get(0).getInstanceId())
        .isEqualTo(operator.getJobInstance(last).getInstanceId());
    assertThatThrownBy(() -> operator.getJobInstanceCount("no-such-job"))
        .isInstanceOf(NoSuchJobException.class);
  }

  /** It goes on as itself: JBeret's context of the thread is the artifact's again afterwards. */
  @Test
  void an_artifact_may_look_at_executions_its_own_and_ended_ones() {
    long ended = startAndAwait("test-one", BatchStatus.COMPLETED).getExecutionId();
    script.onBatchlet =
        step -> {
          JobExecution earlier = operator.getJobExecution(ended);
          List<StepExecution> own = operator.getStepExecutions(executionOf("STARTED"));
          return earlier.getBatchStatus() + " " + own.get(0).getBatchStatus();
        };

    long looks = startAndAwait("test-one", BatchStatus.COMPLETED).getExecutionId();

    assertThat(operator.getStepExecutions(looks).get(0).getExitStatus())
        .isEqualTo("COMPLETED STARTED");
  }

  @Test
  void an_execution_that_no_thread_is_there_for_has_failed() {
    Launch refused = launchIn(lent(false));

    assertThatThrownBy(
            () -> refused.submit(refused.newInstance(testOne()), parameters(), null, null))
        .isInstanceOf(RejectedExecutionException.class);

    assertThat(executionOf("FAILED")).isPositive();
  }

  @Test
  void an_execution_that_cannot_be_made_ready_has_failed() {
    Launch broken = launchIn(lent(true));

    assertThatThrownBy(() -> broken.submit(broken.newInstance(testOne()), parameters(), null, null))
        .isInstanceOf(NullPointerException.class);

    assertThat(
            sql.first(
                "select exit_status from longshore.job_execution where id = ?",
                r -> r.getString(1),
                executionOf("FAILED")))
        .hasValueSatisfying(
            status -> assertThat(status).startsWith("java.lang.NullPointerException"));
  }

  /** By JBeret's own interfaces, which leave it a repository of its own. */
  @Test
  void jberets_own_operator_would_find_what_it_asks_for() throws IOException {
    Job job = testOne();
    ApplicationAndJobName name =
        new ApplicationAndJobName(environment.getApplicationName(), job.getId());
    repository.addJob(name, job);
    assertThat(repository.getJob(name)).isSameAs(job);
    assertThat(name.appName).isEqualTo("longshore");
    assertThat(environment.getBatchConfigurationProperties()).isEmpty();
    try (InputStream xml =
        environment
            .getJobXmlResolver()
            .resolveJobXml("test-one.xml", environment.getClassLoader())) {
      assertThat(xml).isNotNull();
    }

    JobInstanceImpl instance =
        repository.createJobInstance(job, "longshore", environment.getClassLoader());
    JobExecutionImpl execution = repository.createJobExecution(instance, parameters());
    long id = execution.getExecutionId();
    assertThat(repository.getRunningExecutions("test-one")).contains(id);
    assertThat(repository.getJobExecutionsByJob("test-one")).first().isEqualTo(id);
    assertThat(repository.getJobExecutionsByJob("test-one", 1)).containsExactly(id);

    repository.stopJobExecution(execution);
    assertThat(statusOnRecord(id)).isEqualTo("STOPPING");
    execution.setBatchStatus(BatchStatus.STOPPED);
    repository.updateJobExecution(execution, true, false);
    assertThat(statusOnRecord(id)).isEqualTo("STOPPED");

    assertThat(repository.getJobInstance(instance.getInstanceId())).isNotNull();
    repository.removeJobInstance(instance.getInstanceId());
    assertThat(repository.getJobInstance(instance.getInstanceId())).isNull();
    assertThatThrownBy(() -> repository.removeJobExecutions(null))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  /** An environment that has no thread for a job, and perhaps no class loader either. */
  private LibertyEnvironment lent(boolean broken) {
    LibertyEnvironment lent = new LibertyEnvironment();
    lent.artifacts = artifacts;
    lent.repository = repository;
    lent.transactions = transactions;
    lent.executor =
        (ManagedExecutorService)
            Proxy.newProxyInstance(
                ManagedExecutorService.class.getClassLoader(),
                new Class<?>[] {ManagedExecutorService.class},
                (self, method, arguments) -> {
                  throw new RejectedExecutionException("no thread");
                });
    if (!broken) {
      lent.findClassLoader();
    }
    return lent;
  }

  private Launch launchIn(LibertyEnvironment lent) {
    Launch made = new Launch();
    made.environment = lent;
    made.repository = repository;
    made.transactions = transactions;
    return made;
  }

  private Job testOne() {
    return jobXml.load("test-one", environment.getClassLoader());
  }

  private int countOf(String job) {
    try {
      return operator.getJobInstanceCount(job);
    } catch (NoSuchJobException e) {
      return 0;
    }
  }

  /** The last execution of this test's that stands so. */
  private long executionOf(String status) {
    return sql.first(
            """
            select id from longshore.job_execution
            where parameters ->> 'run' = ? and status = ? order by id desc limit 1""",
            r -> r.getLong(1),
            run,
            status)
        .orElseThrow();
  }

  private void fail(String message) {
    script.onBatchlet =
        step -> {
          throw new UnsupportedOperationException(message);
        };
  }

  private String untilStopped(String step) {
    inBatchlet.countDown();
    return "wait";
  }

  private void awaitBatchlet() throws InterruptedException {
    assertThat(inBatchlet.await(20, TimeUnit.SECONDS)).isTrue();
  }
}
