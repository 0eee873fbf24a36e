package dev.longshore.engine.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.task.TaskType;
import jakarta.annotation.Resource;
import jakarta.batch.operations.JobRestartException;
import jakarta.batch.operations.JobStartException;
import jakarta.batch.operations.NoSuchJobExecutionException;
import jakarta.batch.runtime.BatchStatus;
import jakarta.batch.runtime.JobExecution;
import jakarta.inject.Inject;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jberet.runtime.JobExecutionImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The jobs of tasks: one at a time, resumed by their retries, and nobody else's after a fence. */
class TaskJobsIT extends BatchTestSupport {

  @Inject FirstJobs firstJobs;

  @Resource(lookup = "java:comp/TransactionSynchronizationRegistry")
  TransactionSynchronizationRegistry transactions;

  @Inject Transactions manager;

  private final CountDownLatch inChunk = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  @Test
  void a_job_runs_on_the_calling_thread_and_is_the_tasks() {
    Thread[] ran = new Thread[1];
    script.onBatchlet =
        step -> {
          ran[0] = Thread.currentThread();
          return "well";
        };
    long claim = newClaim();
    long task = task(claim);

    JobEnd end = runTask("test-one", task, claim, false);

    assertThat(end.status()).isEqualTo(BatchStatus.COMPLETED);
    assertThat(end.error()).isNull();
    assertThat(ran[0]).isSameAs(Thread.currentThread());
    JobExecution recorded = operator.getJobExecution(end.execution());
    assertThat(operator.getJobInstance(end.execution()).getInstanceId()).isEqualTo(task);
    assertThat(recorded.getJobParameters())
        .containsEntry("task", "" + task)
        .containsEntry("claim", "" + claim)
        .containsEntry("run", run);
    assertThat(stepsOnRecord(end.execution())).containsExactly("only COMPLETED");
  }

  @Test
  void a_retry_resumes_in_the_failed_chunk_and_repeats_no_step() {
    script.onItem =
        item -> {
          if (item == 13) {
            throw new UnsupportedOperationException("13");
          }
        };
    long first = newClaim();
    long task = task(first);
    JobEnd failed = runTask("test-steps", task, first, false);
    assertThat(failed.status()).isEqualTo(BatchStatus.FAILED);
    assertThat(failed.error()).startsWith("java.lang.UnsupportedOperationException: 13");

    script.onItem = item -> {};
    long second = newClaim();
    claimAgain(task, second);
    JobEnd end = runTask("test-steps", task, second, true);

    assertThat(end.status()).isEqualTo(BatchStatus.COMPLETED);
    assertThat(script.events).containsExactly("first", "last");
    assertWrittenOnce();
    assertThat(rows.of(run, end.execution())).first().isEqualTo(10);
  }

  /** An outage that meets it at the same place each time is its own doing. */
  @Test
  void an_attempt_that_comes_no_further_than_the_last_one_is_told_from_one_that_does() {
    long task = task(newClaim());

    assertThat(failingAt(13, task).advanced()).as("a step, and chunks of the next").isTrue();
    assertThat(failingAt(13, task).advanced()).as("the same chunk again").isFalse();
    assertThat(failingAt(17, task).advanced()).as("a chunk more").isTrue();
    assertThat(failingAt(17, task).advanced()).isFalse();
  }

  private JobEnd failingAt(int number, long task) {
    script.onItem =
        item -> {
          if (item == number) {
            throw new UnsupportedOperationException("" + number);
          }
        };
    long claim = newClaim();
    claimAgain(task, claim);
    JobEnd end = runTask("test-steps", task, claim, true);
    assertThat(end.status()).isEqualTo(BatchStatus.FAILED);
    return end;
  }

  @Test
  void a_job_that_has_completed_is_not_run_again() {
    long claim = newClaim();
    long task = task(claim);
    JobEnd first = runTask("test-one", task, claim, false);

    JobEnd second = runTask("test-one", task, newClaim(), true);

    assertThat(second).isEqualTo(first);
    assertThat(script.events).containsExactly("only");
  }

  @Test
  void an_instance_has_one_live_execution() throws Exception {
    script.onBatchlet = this::block;
    long claim = newClaim();
    long task = task(claim);
    CompletableFuture<JobEnd> running = runAside("test-one", task, claim);
    await(inChunk);

    assertThatThrownBy(() -> runTask("test-one", task, claim, true))
        .isInstanceOf(JobStartException.class)
        .hasMessageContaining("running already");
    // A claim that the task is not under may not take it over either.
    assertThat(runTask("test-one", task, newClaim(), true).lost()).isTrue();

    goOn.countDown();
    assertThat(running.get().status()).isEqualTo(BatchStatus.COMPLETED);
  }

  @Test
  void a_chunk_does_not_commit_after_a_takeover() throws Exception {
    script.onItem =
        item -> {
          if (item == 7 && inChunk.getCount() > 0) {
            block("chunk");
          }
        };
    long first = newClaim();
    long task = task(first);
    CompletableFuture<JobEnd> paused = runAside("test-steps", task, first);
    await(inChunk);

    takeover.fail(first);
    long second = newClaim();
    claimAgain(task, second);
    JobEnd successor = runTask("test-steps", task, second, true);
    goOn.countDown();
    JobEnd woken = paused.get();

    assertThat(successor.status()).isEqualTo(BatchStatus.COMPLETED);
    assertThat(woken.lost()).isTrue();
    assertThat(woken.error()).contains("ClaimLost");
    assertWrittenOnce();
    assertThat(rows.of(run, woken.execution())).containsExactly(0, 1, 2, 3, 4);
    assertThat(statusOnRecord(woken.execution())).isEqualTo("FAILED");
    assertThat(script.events).containsExactly("first", "last");
  }

  /** The other order: a chunk that has saved its checkpoint makes the takeover wait. */
  @Test
  void a_takeover_waits_for_the_chunk_that_is_committing() throws Exception {
    List<CompletableFuture<Void>> takeovers = new ArrayList<>();
    long first = newClaim();
    long task = task(first);
    script.onWrite =
        count -> {
          if (takeovers.isEmpty()) {
            beforeCommit(
                () -> {
                  takeovers.add(
                      CompletableFuture.runAsync(() -> takeover.fail(first), Aside::start));
                  awaitStatementThatWaits("update longshore.job_execution");
                });
          }
        };

    // The next chunk has no lock yet: here the takeover gets through.
    script.onItem =
        item -> {
          if (item == 5) {
            takeovers.get(0).get();
          }
        };

    JobEnd end = runTask("test-chunk", task, first, false);

    assertThat(end.lost()).isTrue();
    assertThat(rows.of(run)).containsExactly(0, 1, 2, 3, 4);
    long second = newClaim();
    claimAgain(task, second);
    assertThat(runTask("test-chunk", task, second, true).status()).isEqualTo(BatchStatus.COMPLETED);
    assertWrittenOnce();
  }

  @Test
  void no_step_begins_after_a_takeover() throws Exception {
    script.onBatchlet = this::block;
    long claim = newClaim();
    long task = task(claim);
    CompletableFuture<JobEnd> running = runAside("test-steps", task, claim);
    await(inChunk);

    takeover.fail(claim);
    goOn.countDown();

    assertThat(running.get().lost()).isTrue();
    assertThat(rows.of(run)).isEmpty();
    assertThat(script.events).containsExactly("first");
  }

  /** Its last step had ended by then; the settlement, which would write that, is late. */
  @Test
  void the_end_of_a_job_that_was_taken_over_is_not_written() {
    long claim = newClaim();
    JobEnd end = jobs.run(new TaskJob("test-one", task(claim), claim, false, parameters(), null));
    assertThat(end.status()).isEqualTo(BatchStatus.COMPLETED);
    takeover.fail(claim);

    writeEnd(end);

    assertThat(statusOnRecord(end.execution())).isEqualTo("FAILED");
    assertThat(stepsOnRecord(end.execution())).isEmpty();
  }

  @Test
  void a_job_that_is_abandoned_or_not_restartable_is_not_run_again() {
    for (String job : List.of("test-one", "test-unrestartable")) {
      script.events.clear();
      script.onBatchlet =
          step -> {
            throw new UnsupportedOperationException("as asked");
          };
      long first = newClaim();
      long task = task(first);
      JobEnd failed = runTask(job, task, first, false);
      if (job.equals("test-one")) {
        operator.abandon(failed.execution());
      }
      long second = newClaim();
      claimAgain(task, second);

      JobEnd again = runTask(job, task, second, true);

      assertThat(again.status()).isEqualTo(BatchStatus.FAILED);
      assertThat(again.execution()).isEqualTo(failed.execution());
      assertThat(again.error())
          .startsWith("Job " + job + " was not restarted: its execution " + failed.execution());
      assertThat(script.events).containsExactly("only");
    }
  }

  @Test
  void a_job_that_there_is_not_is_begun_by_nobody_and_says_so_when_it_is_to_run() {
    TaskType type = TaskType.pipeline("test-nowhere");
    long claim = newClaim();
    long task = task(claim);
    TaskJob none = new TaskJob("test-nowhere", task, claim, false, parameters(), null);

    assertThat(firstJobs.ofTasks(List.of(type), TaskType::name).get(0)).isEqualTo(new String[0]);

    assertThatThrownBy(() -> jobs.run(none))
        .isInstanceOf(JobStartException.class)
        .hasMessageContaining("test-nowhere");
  }

  @Test
  void an_artifact_that_there_is_not_fails_its_step_by_its_name() {
    long claim = newClaim();

    JobEnd end = runTask("test-unknown", task(claim), claim, false);

    assertThat(end.status()).isEqualTo(BatchStatus.FAILED);
    assertThat(end.error()).contains("ref name no-such-artifact");
  }

  @Test
  void a_job_that_ends_itself_as_failed_is_told_by_its_exit_status() {
    script.onBatchlet = step -> "odd";
    long first = newClaim();
    long task = task(first);
    JobEnd failed = runTask("test-split", task, first, false);
    assertThat(failed.error()).isEqualTo("The job ended as failed with exit status UNEXPECTED");

    // Of the restart nothing runs but the decision: there is no end of a step to end the job with.
    script.events.clear();
    long second = newClaim();
    claimAgain(task, second);
    JobEnd again = runTask("test-split", task, second, true);

    assertThat(again.error()).isEqualTo(failed.error());
    assertThat(script.events).isEmpty();
    assertThat(statusOnRecord(again.execution())).isEqualTo("FAILED");
  }

  @Test
  void a_transaction_that_a_job_leaves_open_is_not_the_next_ones() throws Exception {
    script.onBatchlet =
        step -> {
          manager.manager().begin();
          rows.add(run, 0, 1);
          return null;
        };
    long claim = newClaim();

    runTask("test-one", task(claim), claim, false);

    assertThat(manager.manager().getStatus()).isEqualTo(Status.STATUS_NO_TRANSACTION);
    assertThat(rows.of(run)).isEmpty();
  }

  @Test
  void a_stop_by_the_table_is_seen_when_the_next_step_begins() {
    long claim = newClaim();
    script.onBatchlet =
        step -> {
          executions.stop(executionOf(claim));
          return null;
        };

    JobEnd end = runTask("test-steps", task(claim), claim, false);

    assertThat(end.status()).isEqualTo(BatchStatus.STOPPED);
    assertThat(script.events).containsExactly("first");
    assertThat(rows.of(run)).hasSizeLessThan(20);
  }

  @Test
  void the_next_claim_of_a_task_takes_over_what_an_earlier_one_left_live() {
    long first = newClaim();
    long task = task(first);
    JobEnd left = runTask("test-one", task, first, false);
    sql.update(
        "update longshore.job_execution set status = 'STARTED', ended_at = null where id = ?",
        left.execution());
    sql.update("delete from longshore.step_execution where job_execution_id = ?", left.execution());
    long second = newClaim();
    claimAgain(task, second);

    JobEnd end = runTask("test-one", task, second, true);

    assertThat(end.status()).isEqualTo(BatchStatus.COMPLETED);
    assertThat(end.execution()).isNotEqualTo(left.execution());
    assertThat(statusOnRecord(left.execution())).isEqualTo("FAILED");
  }

  @Test
  void a_stopped_job_is_resumed_by_the_next_attempt() throws Exception {
    script.onItem =
        item -> {
          if (item == 7 && inChunk.getCount() > 0) {
            block("chunk");
          }
        };
    long first = newClaim();
    long task = task(first);
    CompletableFuture<JobEnd> running = runAside("test-chunk", task, first);
    await(inChunk);
    jobs.stop(first);
    goOn.countDown();
    JobEnd stopped = running.get();
    assertThat(stopped.status()).isEqualTo(BatchStatus.STOPPED);
    assertThat(rows.of(run)).hasSizeLessThan(20);

    long second = newClaim();
    claimAgain(task, second);
    JobEnd end = runTask("test-chunk", task, second, true);

    assertThat(end.status()).isEqualTo(BatchStatus.COMPLETED);
    assertWrittenOnce();
  }

  @Test
  void a_stop_by_the_table_reaches_a_job_on_another_node() throws Exception {
    script.onItem =
        item -> {
          if (item == 7 && inChunk.getCount() > 0) {
            block("chunk");
          }
        };
    long claim = newClaim();
    CompletableFuture<JobEnd> running = runAside("test-chunk", task(claim), claim);
    await(inChunk);

    assertThat(executions.stop(executionOf(claim))).isTrue(); // all that another node can do
    goOn.countDown();

    assertThat(running.get().status()).isEqualTo(BatchStatus.STOPPED);
    assertThat(rows.of(run)).hasSizeLessThan(20);
  }

  @Test
  void a_batchlet_hears_of_a_stop_by_the_table() throws Exception {
    script.onBatchlet =
        step -> {
          inChunk.countDown();
          return "wait";
        };
    long claim = newClaim();
    CompletableFuture<JobEnd> running = runAside("test-one", task(claim), claim);
    await(inChunk);

    executions.stop(executionOf(claim));

    assertThat(running.get(20, TimeUnit.SECONDS).status()).isEqualTo(BatchStatus.STOPPED);
    assertThat(script.events).contains("stop");
  }

  @Test
  void what_may_still_run_is_not_restarted() throws Exception {
    script.onBatchlet = this::block;
    long claim = newClaim();
    CompletableFuture<JobEnd> running = runAside("test-one", task(claim), claim);
    await(inChunk);

    assertThatThrownBy(() -> operator.restart(executionOf(claim), parameters()))
        .isInstanceOf(JobRestartException.class)
        .hasMessageContaining("STARTED");

    goOn.countDown();
    running.get();
  }

  @Test
  void a_job_without_a_task_is_freed_from_a_node_that_is_gone() {
    JobExecution end = startAndAwait("test-one", BatchStatus.COMPLETED);
    sql.update(
        """
        update longshore.job_execution
        set status = 'STARTED', ended_at = null, worker_run = -1 where id = ?""",
        end.getExecutionId());
    sql.update(
        "delete from longshore.step_execution where job_execution_id = ?", end.getExecutionId());

    await(end.getExecutionId(), BatchStatus.FAILED);

    await(operator.restart(end.getExecutionId(), parameters()), BatchStatus.COMPLETED);
    assertThat(script.events).containsExactly("only", "only");
  }

  @Test
  @Timeout(30)
  void waiting_for_an_execution_that_has_ended_returns() throws Exception {
    long claim = newClaim();
    JobEnd end = runTask("test-one", task(claim), claim, false);

    JobExecutionImpl recorded = (JobExecutionImpl) operator.getJobExecution(end.execution());
    recorded.awaitTermination(0, TimeUnit.SECONDS); // 0: without limit

    assertThat(recorded.getBatchStatus()).isEqualTo(BatchStatus.COMPLETED);
  }

  @Test
  void executions_go_with_their_task() {
    long claim = newClaim();
    long task = task(claim);
    JobEnd end = runTask("test-steps", task, claim, false);
    assertThat(stepsOnRecord(end.execution())).hasSize(3);

    sql.update("delete from longshore.task where id = ?", task);

    assertThatThrownBy(() -> operator.getJobExecution(end.execution()))
        .isInstanceOf(NoSuchJobExecutionException.class);
    assertThat(stepsOnRecord(end.execution())).isEmpty();
  }

  private String block(String step) throws InterruptedException {
    inChunk.countDown();
    await(goOn);
    return null;
  }

  private void beforeCommit(Runnable work) {
    transactions.registerInterposedSynchronization(
        new Synchronization() {
          @Override
          public void beforeCompletion() {
            work.run();
          }

          @Override
          public void afterCompletion(int status) {}
        });
  }

  private void awaitStatementThatWaits(String beginning) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                sql.first(
                        """
                        select count(*) from pg_stat_activity
                        where wait_event_type = 'Lock' and datname = current_database()
                          and query like ?""",
                        r -> r.getInt(1),
                        beginning + "%")
                    .orElseThrow(),
            waiting -> waiting > 0);
  }

  private static void await(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
  }

  private long executionOf(long claim) {
    return sql.first(
            "select id from longshore.job_execution where claim_id = ?", r -> r.getLong(1), claim)
        .orElseThrow();
  }
}
