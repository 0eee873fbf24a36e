package dev.longshore.engine.settle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LONG;

import dev.longshore.audit.TaskLog;
import dev.longshore.engine.EngineTestSupport;
import dev.longshore.task.Backoff;
import dev.longshore.task.Lane;
import dev.longshore.task.Outcome;
import dev.longshore.task.TaskMoved;
import dev.longshore.task.TaskState;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;

/** The door out of running opens once, for the claim that the attempt ran under. */
class SettleIT extends EngineTestSupport {

  private static final Backoff EXACT =
      new Backoff(Duration.ofSeconds(100), 3, Duration.ofHours(1), 0);

  @Inject private Settle settle;
  @Inject private Work work;

  @Deployment
  static WebArchive archive() {
    return archive(SettleIT.class, Work.class);
  }

  /** Somebody whose transaction a settlement is a part of, as the quick lane's chunk is. */
  @ApplicationScoped
  public static class Work {
    @Inject private Settle settle;

    @Transactional
    public void settleAndThrow(Attempted attempt) {
      settle.settle(attempt, Outcome.succeeded(), 0);
      throw new IllegalStateException("rolls back");
    }
  }

  @Test
  void whatAnAttemptCameToIsKeptWithItsTaskItsAttemptAndTheTrail() {
    long claim = taken("w", 1);
    long task = ongoing(claim);
    sql.update("update longshore.task set cancel_requested = true, losses = 2 where id = ?", task);

    Outcome done = Outcome.succeeded(Json.createObjectBuilder().add("rows", 7).build());
    assertThat(settle.settle(attempt(task, claim, 1), done, 42)).isTrue();

    assertThat(
            text(
                """
                select concat_ws('|', state, claim_id is null, worker, runs, attempts, losses,
                    cancel_requested, result, error is null, ended_at is not null)
                from longshore.task where id = ?
                """,
                task))
        .isEqualTo("succeeded|t|w|1|1|0|f|{\"rows\": 7}|t|t");
    assertThat(
            text(
                """
                select concat_ws('|', outcome, job_execution, error is null, ended_at >= started_at)
                from longshore.attempt where task_id = ?
                """,
                task))
        .isEqualTo("succeeded|42|t|t");
    assertThat(trail(task)).containsExactly("ongoing succeeded succeeded");
    assertThat(exists(claim)).isFalse();
  }

  @Test
  void aQuickTaskThatNobodyHasSeenRunBeginsWithItsSettlement() {
    declare("settle-quick", Lane.QUICK);
    long claim = taken("settle-quick", "w", 1);
    long task = queued("settle-quick", claim);
    sql.update(
        "update longshore.task set runs = 3, attempts = 1, progress = '{}' where id = ?", task);

    assertThat(settle.settle(attempt(task, claim, 2), Outcome.succeeded(), 42)).isTrue();

    assertThat(
            text(
                """
                select concat_ws('|', t.state, t.claim_id is null, t.worker, t.runs, t.attempts,
                    t.progress is null, a.worker, a.number, a.outcome, a.job_execution,
                    a.started_at = t.started_at, a.ended_at >= a.started_at)
                from longshore.task t join longshore.attempt a on a.task_id = t.id where t.id = ?
                """,
                task))
        .isEqualTo("succeeded|t|w|4|2|t|w|4|succeeded|42|t|t");
    assertThat(trail(task)).containsExactly("ongoing succeeded succeeded");
    assertThat(exists(claim)).isFalse();
  }

  @Test
  void aQuickTaskWhoseClaimNobodyHasTakenIsNotSettled() {
    declare("settle-quick", Lane.QUICK);
    long claim = claim("settle-quick");
    long task = queued("settle-quick", claim);
    String before = everything();

    assertThat(settle.settle(attempt(task, claim, 1), Outcome.succeeded(), 0)).isFalse();

    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void aQuickTaskThatIsToBeTriedAgainButWasCancelledIsCancelled() {
    declare("settle-quick", Lane.QUICK);
    long claim = taken("settle-quick", "w", 1);
    long task = queued("settle-quick", claim);
    sql.update("update longshore.task set cancel_requested = true where id = ?", task);

    assertThat(settle.settle(attempt(task, claim, 1), Outcome.retry("no"), 0)).isTrue();

    assertThat(
            text(
                "select concat_ws('|', state, ended_at is null, runs, run_at <= now())"
                    + " from longshore.task where id = ?",
                task))
        .isEqualTo("cancelled|f|1|t");
  }

  /** The plan is kept, and the one that suits ten tasks reads through all of a million. */
  @Test
  void aPlanFromWhenThereWereFewTasksReadsNotAllOfThemWhenThereAreMany() {
    for (int i = 0;
        i < 12;
        i++) { // pgjdbc prepares from the fifth on, and PostgreSQL keeps the plan
      settleOne();
    }
    sql.update(
        """
        insert into longshore.task (type, queue, priority, max_attempts, run_at)
        select ?, 'default', 4, 5, now() + interval '1 day' from generate_series(1, 20000)
        """,
        TYPE);
    List<Long> reads = new ArrayList<>();
    moves.during(
        moved ->
            reads.add(
                number(
                    """
                    select coalesce(seq_tup_read, 0) from pg_stat_xact_user_tables
                    where relid = 'longshore.task'::regclass
                    """)));

    settleOne();

    assertThat(reads).singleElement().asInstanceOf(LONG).isLessThan(10_000L);
  }

  private void settleOne() {
    long claim = taken("w", 1);
    settle.settle(attempt(ongoing(claim), claim, 1), Outcome.succeeded(), 0);
  }

  @Test
  void everySettledTaskIsToldOnce() {
    long claim = taken("w", 1);
    long task = ongoing(claim);

    settle.settle(attempt(task, claim, 1), Outcome.failed("broken\nfor good"), 0);

    TaskMoved told = moves.committed().get(0);
    assertThat(moves.committed()).hasSize(1).isEqualTo(moves.fired());
    assertThat(told)
        .isEqualTo(
            new TaskMoved(
                task,
                TYPE,
                TaskState.ONGOING,
                TaskState.FAILED,
                1,
                claim,
                "a test",
                "failed",
                told.millis(),
                "broken\nfor good"));
  }

  @Test
  void anAttemptIsSettledOnce() {
    long claim = taken("w", 1);
    long task = ongoing(claim);
    assertThat(settle.settle(attempt(task, claim, 1), Outcome.failed("first"), 1)).isTrue();
    String settled = everything();

    assertThat(settle.settle(attempt(task, claim, 1), Outcome.succeeded(), 2)).isFalse();

    assertThat(everything()).isEqualTo(settled);
    assertThat(moves.fired()).hasSize(1);
  }

  @Test
  void oneOfManyThatSettleAnAttemptAtOnceDoes() {
    long claim = taken("w", 1);
    long task = ongoing(claim);

    List<CompletableFuture<Boolean>> settlers =
        IntStream.range(0, 6)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> settle.settle(attempt(task, claim, 1), Outcome.retry("" + i), i),
                        executor))
            .toList();

    assertThat(settlers.stream().filter(CompletableFuture::join)).hasSize(1);
    assertThat(trail(task)).hasSize(1);
  }

  /** A node that was paused and wakes after its work went on elsewhere. */
  @Test
  void anAttemptWhoseTaskIsUnderALaterClaimSettlesNothing() {
    long first = taken("w", 1);
    long task = ongoing(first);
    settle.settle(attempt(task, first, 1), new Outcome.Lost("gone"), 0);
    long second = taken("v", 1);
    sql.update(
        "update longshore.task set state = 'queued', claim_id = ? where id = ?", second, task);
    sql.update("update longshore.task set state = 'ongoing', worker = 'v' where id = ?", task);
    moves.clear();
    String before = everything();

    assertThat(settle.settle(attempt(task, first, 1), Outcome.succeeded(), 9)).isFalse();

    assertThat(everything()).isEqualTo(before);
    assertThat(moves.fired()).isEmpty();
  }

  @Test
  void anAttemptWhoseClaimWasWithdrawnSettlesNothing() {
    long claim = claim(TYPE);
    long task = queued(claim);
    sql.update("update longshore.task set state = 'pending', claim_id = null where id = ?", task);
    String before = everything();

    assertThat(settle.settle(attempt(task, claim, 1), Outcome.succeeded(), 9)).isFalse();

    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void aTaskThatNobodyHasTakenIsNotSettled() {
    long claim = claim(TYPE);
    long task = queued(claim);
    String before = everything();

    assertThat(settle.settle(attempt(task, claim, 1), Outcome.succeeded(), 9)).isFalse();

    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void aSettlementRollsBackWithTheTransactionThatItIsIn() {
    long claim = taken("w", 1);
    long task = ongoing(claim);
    String before = everything();

    assertThatThrownBy(() -> work.settleAndThrow(attempt(task, claim, 1))).hasMessage("rolls back");

    assertThat(everything()).isEqualTo(before);
    assertThat(moves.fired()).hasSize(1);
    assertThat(moves.committed()).isEmpty();
  }

  @Test
  void theTrailIsWrittenInTheTransactionOfTheMove() {
    long claim = taken("w", 1);
    long task = ongoing(claim);
    settle.settle(attempt(task, claim, 1), Outcome.succeeded(), 0);

    assertThat(
            number(
                """
                select count(*) from longshore.task t
                join longshore.audit u on u.task_id = t.id and u.xmin = t.xmin
                join longshore.attempt a on a.task_id = t.id and a.xmin = t.xmin
                where t.id = ?
                """,
                task))
        .isEqualTo(1);
  }

  @Test
  void aRetryWaitsForItsBackoffByTheDatabasesClock() {
    long claim = taken("w", 1);
    long task = ongoing(claim);
    sql.update("update longshore.task set attempts = 2 where id = ?", task);

    String before = text("select clock_timestamp()::text");
    settle.settle(attempt(task, claim, 2), Outcome.retry("not yet"), 0);
    String after = text("select clock_timestamp()::text");

    assertThat(state(task)).isEqualTo("pending");
    // The second attempt failed: 100 s, three times.
    assertThat(
            number(
                """
                select count(*) from longshore.task where id = ? and ended_at is null
                  and run_at between ?::timestamptz + interval '300 s'
                      and ?::timestamptz + interval '300 s'
                """,
                task,
                before,
                after))
        .isEqualTo(1);
    assertThat(text("select error from longshore.task where id = ?", task)).isEqualTo("not yet");
    assertThat(trail(task)).containsExactly("ongoing pending retry");
  }

  @Test
  void theLastAttemptThatCountsFailsTheTask() {
    long claim = taken("w", 1);
    long task = ongoing(claim);

    settle.settle(attempt(task, claim, 5), Outcome.retry("again"), 0);

    assertThat(state(task)).isEqualTo("failed");
    assertThat(trail(task)).containsExactly("ongoing failed retry");
  }

  @Test
  void whatWasHandedBackOrSnoozedDoesNotCount() {
    long first = taken("w", 1);
    long task = ongoing(first);
    String runAt = text("select run_at::text from longshore.task where id = ?", task);
    settle.settle(attempt(task, first, 1), new Outcome.HandedBack("stops"), 0);
    assertThat(number("select attempts from longshore.task where id = ?", task)).isZero();
    assertThat(text("select (run_at > ?::timestamptz)::text from longshore.task", runAt))
        .isEqualTo("true");

    long second = taken("w", 1);
    long other = ongoing(second);
    settle.settle(attempt(other, second, 1), Outcome.snoozed(Duration.ofHours(2)), 0);
    assertThat(
            text(
                "select concat_ws('|', state, attempts, runs, run_at > now() + interval '1 hour')"
                    + " from longshore.task where id = ?",
                other))
        .isEqualTo("pending|0|1|t");
    assertThat(attempts(task)).containsExactly("1 handed back");
    assertThat(attempts(other)).containsExactly("1 snoozed");
  }

  @Test
  void theAttemptsOfATaskAreKept() {
    long first = taken("w", 1);
    long task = ongoing(first);
    settle.settle(attempt(task, first, 1), Outcome.retry("first"), 0);
    long second = taken("w", 1);
    sql.update(
        "update longshore.task set state = 'queued', claim_id = ? where id = ?", second, task);
    sql.update("update longshore.task set state = 'ongoing' where id = ?", task);
    sql.update(
        "insert into longshore.attempt (claim_id, task_id, number, worker) values (?, ?, 2, 'w')",
        second,
        task);

    settle.settle(attempt(task, second, 2), Outcome.succeeded(), 0);

    assertThat(attempts(task)).containsExactly("1 retry", "2 succeeded");
    assertThat(text("select error from longshore.attempt where number = 1")).isEqualTo("first");
  }

  @Test
  void aClaimGoesWithTheLastOfItsTasks() {
    long claim = taken("w", 1);
    long one = ongoing(claim);
    long two = ongoing(claim);
    long other = taken("w", 1);
    ongoing(other);

    settle.settle(attempt(one, claim, 1), Outcome.succeeded(), 0);
    assertThat(exists(claim)).isTrue();
    settle.settle(attempt(two, claim, 1), Outcome.retry("x"), 0);
    assertThat(exists(claim)).isFalse();
    assertThat(exists(other)).isTrue();
  }

  @Test
  void theLogTellsWhatHasCommittedAndNothingOfWhatIsRolledBack() {
    long claim = taken("w", 1);
    Attempted attempt = attempt(ongoing(claim), claim, 1);
    Lines lines = new Lines();
    Logger log = Logger.getLogger(TaskLog.class.getName());
    log.addHandler(lines);
    try {
      assertThatThrownBy(() -> work.settleAndThrow(attempt)).hasMessage("rolls back");
      assertThat(lines.of(attempt)).isEmpty();

      settle.settle(attempt, Outcome.succeeded(), 0);
      assertThat(lines.of(attempt))
          .singleElement()
          .asString()
          .startsWith("ongoing -> succeeded, succeeded: ");
    } finally {
      log.removeHandler(lines);
    }
  }

  /** What is logged. */
  private static final class Lines extends Handler {
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void publish(LogRecord line) {
      lines.add(line.getMessage());
    }

    @Override
    public void flush() {
      // nothing is held back
    }

    @Override
    public void close() {
      // nothing is open
    }

    List<String> of(Attempted attempt) {
      return List.copyOf(lines).stream()
          .filter(line -> line.contains(" task=" + attempt.task() + " "))
          .toList();
    }
  }

  @Test
  void aLongErrorIsCut() {
    long claim = taken("w", 1);
    long task = ongoing(claim);

    settle.settle(attempt(task, claim, 1), Outcome.failed("x".repeat(100_000)), 0);

    assertThat(text("select error from longshore.task where id = ?", task))
        .hasSizeLessThan(10_000)
        .startsWith("xxx")
        .endsWith("(cut)");
  }

  private static Attempted attempt(long task, long claim, int attempts) {
    return new Attempted(task, TYPE, claim, 1, attempts, 5, 0, EXACT, "a test");
  }
}
