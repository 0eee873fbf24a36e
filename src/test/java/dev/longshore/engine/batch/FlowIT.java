package dev.longshore.engine.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.task.CurrentTask;
import dev.longshore.task.TaskContext;
import jakarta.batch.runtime.BatchStatus;
import jakarta.batch.runtime.JobExecution;
import jakarta.inject.Inject;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Splits, partitions, decisions, listeners, injection. */
class FlowIT extends BatchTestSupport {

  @Inject jakarta.batch.operations.JobOperator injected;

  @Test
  void flows_of_a_split_run_at_once_and_a_decision_joins_them() {
    CyclicBarrier bothRun = new CyclicBarrier(2);
    script.onBatchlet =
        step -> {
          if (step.equals("left1") || step.equals("right1")) {
            bothRun.await(20, TimeUnit.SECONDS);
          }
          return step.substring(0, 1);
        };

    JobExecution end = startAndAwait("test-split", BatchStatus.COMPLETED);

    assertThat(script.events)
        .containsExactlyInAnyOrder("left1", "left2", "right1", "good")
        .containsSubsequence("left1", "left2", "good");
    assertThat(stepsOnRecord(end.getExecutionId()))
        .containsExactlyInAnyOrder(
            "left1 COMPLETED", "left2 COMPLETED", "right1 COMPLETED", "good COMPLETED");
  }

  @Test
  void a_decision_may_fail_the_job() {
    script.onBatchlet = step -> "odd";

    JobExecution end = startAndAwait("test-split", BatchStatus.FAILED);

    assertThat(end.getExitStatus()).isEqualTo("UNEXPECTED");
  }

  @Test
  void a_restarted_split_repeats_only_the_flow_that_failed() {
    AtomicInteger failures = new AtomicInteger();
    script.onBatchlet =
        step -> {
          if (step.equals("left2") && failures.incrementAndGet() == 1) {
            throw new UnsupportedOperationException("left2");
          }
          return step.substring(0, 1);
        };
    JobExecution failed = startAndAwait("test-split", BatchStatus.FAILED);

    await(operator.restart(failed.getExecutionId(), parameters()), BatchStatus.COMPLETED);

    assertThat(script.events)
        .containsExactlyInAnyOrder("left1", "left2", "right1", "left2", "good");
  }

  @Test
  void partitions_write_every_item_once() {
    startAndAwait("test-partitions", BatchStatus.COMPLETED);

    assertWrittenOnce();
  }

  @Test
  void a_restarted_partition_resumes_at_its_own_checkpoint() {
    script.onItem =
        item -> {
          if (item == 8 || item == 14) { // in partitions 1 and 2
            throw new UnsupportedOperationException("" + item);
          }
        };
    JobExecution failed = startAndAwait("test-partitions", BatchStatus.FAILED);
    assertThat(rows.of(run)).doesNotContain(8, 14).contains(0, 4, 5, 6, 15, 19);

    script.onItem =
        item -> {
          if (item == 14) {
            throw new UnsupportedOperationException("14 again");
          }
        };
    long second = operator.restart(failed.getExecutionId(), parameters());
    await(second, BatchStatus.FAILED);

    script.onItem = item -> {};
    await(operator.restart(second, parameters()), BatchStatus.COMPLETED);

    assertWrittenOnce();
  }

  /** JBeret alone would find no partition to restart, and call the step completed. */
  @Test
  void a_mapper_that_failed_is_asked_again() {
    script.onMap =
        () -> {
          throw new UnsupportedOperationException("no map");
        };
    JobExecution failed = startAndAwait("test-mapper", BatchStatus.FAILED);

    script.onMap = () -> {};
    await(operator.restart(failed.getExecutionId(), parameters()), BatchStatus.COMPLETED);

    assertWrittenOnce();
  }

  /** The analyzer's transaction, which is rolled back then, is not theirs. */
  @Test
  void partitions_that_completed_are_recorded_so_when_another_fails() {
    script.onItem =
        item -> {
          if (item == 8) {
            throw new UnsupportedOperationException("8");
          }
        };

    JobExecution failed = startAndAwait("test-mapper", BatchStatus.FAILED);

    assertThat(
            sql.list(
                """
                select p.status from longshore.partition_execution p
                join longshore.step_execution s on s.id = p.step_execution_id
                where s.job_execution_id = ? order by p.partition""",
                r -> r.getString(1),
                failed.getExecutionId()))
        .containsExactly("COMPLETED", "FAILED", "COMPLETED", "COMPLETED");
  }

  /** Its thread is interrupted while it waits to begin the third of four, on two threads. */
  @Test
  void partitions_that_had_not_begun_when_their_step_was_interrupted_run_on_restart()
      throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    CountDownLatch bothRun = new CountDownLatch(2);
    script.onItem =
        item -> {
          if (item == 0 || item == 5) {
            bothRun.countDown();
          }
          interrupted.await();
        };
    long first = newClaim();
    long task = task(first);
    Thread[] thread = new Thread[1];
    CompletableFuture<JobEnd> running =
        CompletableFuture.supplyAsync(
            () -> {
              thread[0] = Thread.currentThread();
              return runTask("test-partitions", task, first, false);
            },
            Aside::start);
    assertThat(bothRun.await(20, TimeUnit.SECONDS)).isTrue();
    thread[0].interrupt();
    JobEnd end = running.get();
    interrupted.countDown();
    assertThat(end.status()).isEqualTo(BatchStatus.FAILED);

    long second = newClaim();
    claimAgain(task, second);
    assertThat(runTask("test-partitions", task, second, true).status())
        .isEqualTo(BatchStatus.COMPLETED);

    assertWrittenOnce();
  }

  /** What they write would otherwise meet the task's next attempt. */
  @Test
  @SuppressWarnings("try") // the binding is there to be closed
  void a_task_is_not_done_before_its_partitions_which_are_interrupted_as_well() throws Exception {
    CountDownLatch bothRun = new CountDownLatch(2);
    script.onItem =
        item -> {
          bothRun.countDown();
          new CountDownLatch(1).await();
        };
    long claim = newClaim();
    long task = task(claim);
    Thread[] thread = new Thread[1];
    CompletableFuture<JobEnd> running =
        CompletableFuture.supplyAsync(
            () -> {
              thread[0] = Thread.currentThread();
              try (CurrentTask.Binding binding = CurrentTask.bind(context(task, claim))) {
                return runTask("test-partitions", task, claim, false);
              }
            },
            Aside::start);
    assertThat(bothRun.await(20, TimeUnit.SECONDS)).isTrue();

    thread[0].interrupt();

    try {
      // Its own part is over.
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  Arrays.stream(thread[0].getStackTrace())
                      .anyMatch(frame -> frame.getMethodName().equals("awaitNone")));
      assertThat(running.isDone()).isFalse();
    } finally {
      jobs.interruptParts(claim);
    }

    assertThat(running.get(20, TimeUnit.SECONDS).status()).isEqualTo(BatchStatus.FAILED);
    assertThat(rows.of(run)).isEmpty();
  }

  /** A crash leaves no end of the step: what its record doesn't have, earlier runs' may. */
  @Test
  void partitions_that_had_completed_stay_so_after_a_crash_in_a_later_run() {
    script.onItem =
        item -> {
          if (item == 8) {
            throw new UnsupportedOperationException("8");
          }
        };
    long first = newClaim();
    long task = task(first);
    assertThat(runTask("test-partitions", task, first, false).status())
        .isEqualTo(BatchStatus.FAILED);
    long second = newClaim();
    claimAgain(task, second);
    script.onItem =
        item -> {
          if (item == 8) {
            // As after a crash: nothing more of this run is written.
            CompletableFuture.runAsync(() -> takeover.fail(second), Aside::start).get();
          }
        };
    assertThat(runTask("test-partitions", task, second, true).lost()).isTrue();

    script.onItem = item -> {};
    long third = newClaim();
    claimAgain(task, third);
    assertThat(runTask("test-partitions", task, third, true).status())
        .isEqualTo(BatchStatus.COMPLETED);

    assertWrittenOnce();
  }

  @Test
  void the_current_task_is_carried_to_the_threads_of_flows_and_partitions() {
    script.onBatchlet = step -> step.substring(0, 1);
    long claim = newClaim();
    long task = task(claim);
    TaskContext context = context(task, claim);
    script.onItem =
        item -> script.events.add("item " + (CurrentTask.get() == context ? "of task" : "alone"));

    CurrentTask.Binding binding = CurrentTask.bind(context);
    try {
      assertThat(runTask("test-split", task, claim, false).status())
          .isEqualTo(BatchStatus.COMPLETED);
      long other = newClaim();
      assertThat(runTask("test-partitions", task(other), other, false).status())
          .isEqualTo(BatchStatus.COMPLETED);
    } finally {
      binding.close();
    }

    assertThat(script.events)
        .contains("left1 task " + task, "left2 task " + task, "right1 task " + task, "item of task")
        .doesNotContain("item alone");
  }

  @Test
  void a_stop_by_the_table_is_seen_when_a_step_of_a_flow_ends() {
    long claim = newClaim();
    long task = task(claim);
    script.onBatchlet =
        step -> {
          sql.update(
              "update longshore.job_execution set status = 'STOPPING' where claim_id = ?", claim);
          return "stopped";
        };

    CurrentTask.Binding binding = CurrentTask.bind(context(task, claim));
    try {
      assertThat(runTask("test-split", task, claim, false).status()).isEqualTo(BatchStatus.STOPPED);
    } finally {
      binding.close();
    }

    assertThat(script.events).doesNotContain("left2", "good");
  }

  /** Nothing that has run is run again. */
  @Test
  void what_could_not_be_put_on_record_in_a_flow_is_when_the_job_ends() {
    CyclicBarrier bothEnd = new CyclicBarrier(2);
    script.onBatchlet =
        step -> {
          if (!step.equals("left1")) {
            bothEnd.await(20, TimeUnit.SECONDS);
          }
          return "odd"; // has the job fail behind the flows
        };

    assertThat(runSplitWithAFault())
        .containsExactlyInAnyOrder("left1 COMPLETED", "left2 COMPLETED", "right1 COMPLETED");
  }

  /** The other flow's next step tries it again, and fails for that. */
  @Test
  void it_is_also_when_the_next_try_fails() {
    script.onBatchlet =
        step -> {
          if (step.equals("left1")) {
            Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(
                    () ->
                        sql.first(
                                "select is_called from public.flow_it_tries", r -> r.getBoolean(1))
                            .orElseThrow());
          }
          return "odd";
        };

    assertThat(runSplitWithAFault())
        .containsExactlyInAnyOrder("left1 COMPLETED", "right1 COMPLETED");
  }

  /**
   * The steps on record of a job that fails; of two of them PostgreSQL refuses the first writes.
   */
  private List<String> runSplitWithAFault() {
    long claim = newClaim();
    long task = task(claim);
    JobEnd end;
    sql.update("create sequence public.flow_it_tries");
    sql.update(
        """
        create function public.flow_it() returns trigger language plpgsql as $$
        begin
          if new.step_name in ('left2', 'right1') and nextval('public.flow_it_tries') <= 2 then
            raise exception 'not now';
          end if;
          return new;
        end $$""");
    sql.update(
        "create trigger flow_it before insert on longshore.step_execution"
            + " for each row execute function public.flow_it()");
    CurrentTask.Binding binding = CurrentTask.bind(context(task, claim));
    try {
      end = runTask("test-split", task, claim, false);
    } finally {
      binding.close();
      sql.update("drop trigger flow_it on longshore.step_execution");
      sql.update("drop function public.flow_it()");
      sql.update("drop sequence public.flow_it_tries");
    }
    assertThat(end.status()).isEqualTo(BatchStatus.FAILED);
    return stepsOnRecord(end.execution());
  }

  @Test
  void no_partition_begins_after_a_takeover() {
    long claim = newClaim();
    long task = task(claim);
    script.onMap =
        () -> CompletableFuture.runAsync(() -> takeover.fail(claim), Aside::start).join();

    JobEnd end = runTask("test-mapper", task, claim, false);

    assertThat(end.lost()).isTrue();
    assertThat(rows.of(run)).isEmpty();
  }

  /** Between the record of the first partition and that of how many there will be. */
  @Test
  void nor_after_one_that_comes_just_before_it() {
    long claim = newClaim();
    long task = task(claim);
    sql.update(
        """
        create function public.flow_it() returns trigger language plpgsql as $$
        begin
          update longshore.job_execution e set status = 'FAILED'
          from longshore.step_execution s
          where s.id = new.step_execution_id and e.id = s.job_execution_id;
          return new;
        end $$""");
    sql.update(
        "create trigger flow_it after insert on longshore.partition_execution"
            + " for each row execute function public.flow_it()");
    JobEnd end;
    try {
      end = runTask("test-mapper", task, claim, false);
    } finally {
      sql.update("drop trigger flow_it on longshore.partition_execution");
      sql.update("drop function public.flow_it()");
    }

    assertThat(end.lost()).isTrue();
    assertThat(rows.of(run)).isEmpty();
  }

  @Test
  void listeners_hear_everything_and_the_guard_hides_no_role() {
    script.onItem =
        item -> {
          if (item == 1) {
            throw new IllegalArgumentException("1");
          }
        };

    startAndAwait("test-listeners", BatchStatus.COMPLETED);

    assertThat(rows.of(run)).containsExactly(0, 2);
    assertThat(script.events)
        .containsSubsequence(
            "beforeJob",
            "beforeStep",
            "beforeChunk",
            "skipped 1",
            "afterChunk",
            "afterStep",
            "afterJob")
        .doesNotContain("onError");
  }

  @Test
  void artifacts_get_beans_contexts_and_properties_and_are_destroyed() {
    JobExecution end = startAndAwait("test-injection", BatchStatus.COMPLETED);

    assertThat(script.events)
        .containsExactly(
            "constructed", "test-injection bean 42 default hello 0", "destroyed", "plain plain");
    assertThat(operator.getStepExecutions(end.getExecutionId()).get(0).getExitStatus())
        .isEqualTo("told");
  }

  @Test
  void the_operator_is_injected_and_jobs_without_a_task_number_from_far_above() {
    script.onBatchlet = step -> null;
    Properties parameters = parameters();

    JobExecution end = await(injected.start("test-one", parameters), BatchStatus.COMPLETED);

    assertThat(operator.getJobInstance(end.getExecutionId()).getInstanceId())
        .isGreaterThanOrEqualTo(1_000_000_000_000_000_000L);
    assertThat(operator.getJobNames()).contains("test-one");
  }

  private static TaskContext context(long task, long claim) {
    return (TaskContext)
        Proxy.newProxyInstance(
            TaskContext.class.getClassLoader(),
            new Class<?>[] {TaskContext.class},
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "id" -> task;
                  case "claim" -> claim;
                  case "worker" -> "test";
                  default -> null;
                });
  }
}
