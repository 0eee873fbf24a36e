package dev.longshore.engine.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.batch.operations.JobStartException;
import jakarta.batch.runtime.BatchStatus;
import jakarta.batch.runtime.JobExecution;
import jakarta.batch.runtime.Metric.MetricType;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Chunks: what is written, and what a skip, a retry or a failure leaves of it. */
class ChunkIT extends BatchTestSupport {

  @Test
  void every_item_is_written_once() {
    startAndAwait("test-chunk", BatchStatus.COMPLETED);

    assertWrittenOnce();
  }

  @Test
  void a_skipped_item_is_left_out() {
    script.onItem =
        item -> {
          if (item == 7) {
            throw new IllegalArgumentException("7");
          }
        };

    JobExecution end = startAndAwait("test-chunk", BatchStatus.COMPLETED);

    assertThat(rows.of(run)).hasSize(19).doesNotContain(7).doesNotHaveDuplicates();
    assertThat(metric(end.getExecutionId(), MetricType.PROCESS_SKIP_COUNT)).isEqualTo(1);
  }

  @Test
  void a_retried_item_rolls_its_chunk_back_and_is_written_once() {
    AtomicInteger failures = new AtomicInteger();
    script.onItem =
        item -> {
          if (item == 7 && failures.incrementAndGet() < 3) {
            throw new IllegalStateException("7");
          }
        };

    JobExecution end = startAndAwait("test-chunk", BatchStatus.COMPLETED);

    assertWrittenOnce();
    assertThat(metric(end.getExecutionId(), MetricType.ROLLBACK_COUNT)).isEqualTo(2);
  }

  /** The fault of JBeret that {@link Guard} is for; {@link GuardTest} shows it without. */
  @Test
  void a_skip_and_a_retry_in_one_chunk_lose_nothing() {
    AtomicInteger failures = new AtomicInteger();
    script.onItem =
        item -> {
          if (item == 6) {
            throw new IllegalArgumentException("6");
          }
          if (item == 8 && failures.incrementAndGet() == 1) {
            throw new IllegalStateException("8");
          }
        };

    startAndAwait("test-chunk", BatchStatus.COMPLETED);

    assertThat(rows.of(run)).hasSize(19).doesNotContain(6).doesNotHaveDuplicates();
  }

  @Test
  void a_failed_step_resumes_at_its_last_committed_chunk() {
    script.onItem =
        item -> {
          if (item == 13) {
            throw new UnsupportedOperationException("13 is too much");
          }
        };
    JobExecution failed = startAndAwait("test-chunk", BatchStatus.FAILED);
    assertThat(rows.of(run)).hasSize(10);

    script.onItem = item -> {};
    long second = operator.restart(failed.getExecutionId(), parameters());
    await(second, BatchStatus.COMPLETED);

    assertWrittenOnce();
    assertThat(rows.of(run, second)).first().isEqualTo(10);
  }

  /** JBeret puts the old position back after an exception, not after an error. */
  @Test
  void a_position_that_was_rolled_back_by_an_error_is_not_recorded() {
    AtomicInteger checkpoints = new AtomicInteger();
    script.onCheckpoint =
        () -> {
          if (checkpoints.incrementAndGet() == 3) {
            throw new AssertionError("between the position and the commit");
          }
        };
    JobExecution failed = startAndAwait("test-chunk", BatchStatus.FAILED);
    assertThat(rows.of(run)).hasSize(10);

    await(operator.restart(failed.getExecutionId(), parameters()), BatchStatus.COMPLETED);

    assertWrittenOnce();
  }

  /** The same in the first chunk of a restart, where the position is an earlier execution's. */
  @Test
  void nor_is_it_in_the_first_chunk_of_a_restart() {
    AtomicInteger checkpoints = new AtomicInteger();
    script.onCheckpoint =
        () -> {
          int checkpoint = checkpoints.incrementAndGet();
          if (checkpoint == 3 || checkpoint == 4) {
            throw new AssertionError("between the position and the commit");
          }
        };
    JobExecution failed = startAndAwait("test-chunk", BatchStatus.FAILED);
    long second = operator.restart(failed.getExecutionId(), parameters());
    await(second, BatchStatus.FAILED);

    await(operator.restart(second, parameters()), BatchStatus.COMPLETED);

    assertWrittenOnce();
  }

  @Test
  void local_transactions_are_refused() {
    Properties parameters = parameters();
    parameters.setProperty("jberet.local-tx", "true");

    assertThatThrownBy(() -> operator.start("test-chunk", parameters))
        .isInstanceOf(JobStartException.class)
        .hasMessageContaining("jberet.local-tx");
  }

  @Test
  void a_step_keeps_its_error_as_text() {
    script.onItem =
        item -> {
          throw new UnsupportedOperationException("not today");
        };

    JobExecution failed = startAndAwait("test-chunk", BatchStatus.FAILED);

    String error =
        sql.first(
                "select error from longshore.step_execution where job_execution_id = ?",
                r -> r.getString(1),
                failed.getExecutionId())
            .orElseThrow();
    assertThat(error)
        .startsWith("java.lang.UnsupportedOperationException: not today")
        .contains("at dev.longshore.engine.batch.");
  }

  @Test
  void a_time_limit_ends_a_chunk_before_its_count() {
    script.onItem =
        item -> {
          if (item == 3) {
            Thread.sleep(1100); // longer than the job's time limit for a chunk
          }
        };

    JobExecution end = startAndAwait("test-time", BatchStatus.COMPLETED);

    assertWrittenOnce();
    assertThat(metric(end.getExecutionId(), MetricType.COMMIT_COUNT)).isEqualTo(2);
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .doesNotContain("chunk-checkpoint-timer");
  }

  private long metric(long execution, MetricType type) {
    String column = type.name().toLowerCase();
    return sql.first(
            "select " + column + " from longshore.step_execution where job_execution_id = ?",
            r -> r.getLong(1),
            execution)
        .orElseThrow();
  }
}
