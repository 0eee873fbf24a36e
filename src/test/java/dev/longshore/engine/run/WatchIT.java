package dev.longshore.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.db.Sql;
import dev.longshore.engine.EngineTestSupport;
import dev.longshore.engine.dispatch.Begin;
import dev.longshore.engine.worker.Pace;
import dev.longshore.task.Lane;
import dev.longshore.task.Outcome;
import dev.longshore.task.TaskContext;
import dev.longshore.task.TaskHandler;
import dev.longshore.task.TaskType;
import dev.longshore.task.TaskTypes;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What runs and is not to go on is interrupted, and ends as its reason says. */
class WatchIT extends EngineTestSupport {

  /** Of the handler that is running now. */
  private static volatile CountDownLatch started;

  private static volatile CountDownLatch interrupted;

  @Inject private Take take;
  @Inject private RunTask runTask;
  @Inject private RunQuick runQuick;
  @Inject private Begin begin;
  @Inject private Pace pace;
  @Inject private TaskTypes types;

  @Deployment
  static WebArchive archive() {
    return archive(
        WatchIT.class, Endless.class, Limited.class, Deaf.class, Later.class, Reports.class);
  }

  /** Runs until it is interrupted. */
  @ApplicationScoped
  public static class Endless implements TaskHandler {
    @Override
    public TaskType type() {
      return TaskType.handler("watch-endless");
    }

    @Override
    public Outcome run(TaskContext task) throws InterruptedException {
      started.countDown();
      try {
        Thread.sleep(Duration.ofMinutes(2).toMillis());
        return Outcome.succeeded();
      } catch (InterruptedException e) {
        interrupted.countDown();
        throw e;
      }
    }
  }

  /** The same, with a time limit. */
  @ApplicationScoped
  public static class Limited extends Endless {
    @Override
    public TaskType type() {
      return TaskType.handler("watch-limited").withTimeLimit(Duration.ofMillis(200));
    }
  }

  /** Goes on when it is interrupted, until the test lets it end. */
  @ApplicationScoped
  public static class Deaf implements TaskHandler {
    @Override
    public TaskType type() {
      return TaskType.handler("watch-deaf").withTimeLimit(Duration.ofMillis(200));
    }

    @Override
    public Outcome run(TaskContext task) {
      while (true) {
        try {
          interrupted.await();
          return Outcome.succeeded();
        } catch (InterruptedException e) {
          started.countDown();
        }
      }
    }
  }

  /** Asks to be run again in an hour. */
  @ApplicationScoped
  public static class Later implements TaskHandler {
    @Override
    public TaskType type() {
      return TaskType.handler("watch-later");
    }

    @Override
    public Outcome run(TaskContext task) {
      return Outcome.snoozed(Duration.ofHours(1));
    }
  }

  /** Says how far it is, and looks at what others can see of that. */
  @ApplicationScoped
  public static class Reports implements TaskHandler {
    static volatile String seen;

    @Inject private Sql sql;

    @Override
    public TaskType type() {
      return TaskType.handler("watch-reports").withLane(Lane.QUICK);
    }

    @Override
    public Outcome run(TaskContext task) {
      task.progress("half", 1, 2);
      seen =
          sql.first(
                  "select concat_ws(' ', state, progress ->> 'step') from longshore.task where id = ?",
                  row -> row.getString(1),
                  task.id())
              .orElseThrow();
      return Outcome.succeeded();
    }
  }

  @BeforeEach
  void begin() {
    started = new CountDownLatch(1);
    interrupted = new CountDownLatch(1);
  }

  @Test
  void aTaskThatIsSomebodyElsesByNowIsInterruptedAndNotSettled() throws Exception {
    long claim = claim("watch-endless");
    long task = queuedUnder(claim);
    CompletableFuture<Void> running = run(claim);
    await(started);
    long later = taken("another", 1);
    sql.update("update longshore.task set claim_id = ? where id = ?", later, task);
    String before = everything();

    await(interrupted);
    running.get(30, TimeUnit.SECONDS);

    assertThat(everything()).isEqualTo(before);
    assertThat(state(task)).isEqualTo("ongoing");
  }

  @Test
  void aCancelledTaskIsInterruptedAndEndsCancelled() throws Exception {
    long claim = claim("watch-endless");
    long task = queuedUnder(claim);
    CompletableFuture<Void> running = run(claim);
    await(started);

    sql.update("update longshore.task set cancel_requested = true where id = ?", task);

    await(interrupted);
    running.get(30, TimeUnit.SECONDS);
    assertThat(trail(task)).containsExactly("ongoing cancelled cancelled");
    assertThat(exists(claim)).isFalse();
  }

  @Test
  void aTaskThatPassesItsTimeLimitIsInterruptedAndTimesOut() throws Exception {
    long claim = claim("watch-limited");
    long task = queuedUnder(claim);
    CompletableFuture<Void> running = run(claim);

    await(interrupted);
    running.get(30, TimeUnit.SECONDS);
    assertThat(attempts(task)).containsExactly("1 timed out");
    assertThat(trail(task)).containsExactly("ongoing failed timed out");
    assertThat(text("select error from longshore.task where id = ?", task))
        .isEqualTo("Passed its time limit of PT0.2S");
  }

  @Test
  void aTaskThatIgnoresItsInterruptionIsSettledWithoutItAndItsLateOutcomeIsRefused()
      throws Exception {
    long claim = claim("watch-deaf");
    long task = queuedUnder(claim);
    CompletableFuture<Void> running = run(claim);
    await(started); // it was interrupted

    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> attempts(task).contains("1 timed out"));
    assertThat(running.isDone()).isFalse();
    assertThat(state(task)).isEqualTo("failed");
    assertThat(exists(claim)).isFalse();
    String before = everything();

    interrupted.countDown(); // now it says that it has succeeded
    running.get(30, TimeUnit.SECONDS);

    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void quickTasksThatLastAreSeenToRun() throws Exception {
    declare("watch-quick", Lane.QUICK);
    long lasting = taken("watch-quick", worker.id(), worker.run());
    long task = queued("watch-quick", lasting);
    long claim = claim("watch-deaf");
    queuedUnder(claim);
    CompletableFuture<Void> running = run(claim); // a node that runs nothing looks at nothing

    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> state(task).equals("ongoing"));

    assertThat(attempts(task)).containsExactly("1 under way");
    interrupted.countDown();
    running.get(30, TimeUnit.SECONDS);
  }

  @Test
  void aQuickTaskThatReportsIsSeenToRunWithItsReport() {
    pace.took("watch-reports", 1);
    long claim = claim("watch-reports");
    long task = queuedUnder(claim);
    List<Taken> taken = take.takeQuick(claim);
    assertThat(state(task)).isEqualTo("queued");

    runQuick.run(taken, types.find("watch-reports").orElseThrow(), claim);

    assertThat(Reports.seen).isEqualTo("ongoing half");
    assertThat(attempts(task)).containsExactly("1 succeeded");
  }

  /** It would wait for a chunk that may go on for long, and others would wait for it. */
  @Test
  void quickTasksThatSomebodyHoldsAreNotWaitedForToBegin() throws Exception {
    declare("watch-quick", Lane.QUICK);
    long claim = taken("watch-quick", worker.id(), worker.run());
    long held = queued("watch-quick", claim);
    long other = queued("watch-quick", claim);
    CountDownLatch end = new CountDownLatch(1);
    CompletableFuture<Void> holding =
        inOpenTransaction(
            () -> number("select id from longshore.task where id = ? for update", held), end);
    CompletableFuture<Void> beginning =
        CompletableFuture.runAsync(() -> begin.begin(Set.of(claim)), executor);
    try {
      awaitDoneOrBlocked(beginning);
      assertThat(beginning).isDone();
    } finally {
      end.countDown();
      holding.get(30, TimeUnit.SECONDS);
    }

    assertThat(List.of(state(held), state(other))).containsExactly("queued", "ongoing");
    assertThat(attempts(held)).isEmpty();
  }

  @Test
  void quickTasksUnderAClaimThatNobodyHasTakenDoNotBegin() {
    declare("watch-quick", Lane.QUICK);
    long claim = claim("watch-quick");
    queued("watch-quick", claim);
    String before = everything();

    begin.begin(Set.of(claim));

    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void aSnoozedTaskWaitsAndItsAttemptDoesNotCount() throws Exception {
    long claim = claim("watch-later");
    long task = queuedUnder(claim);

    run(claim).get(30, TimeUnit.SECONDS);

    assertThat(attempts(task)).containsExactly("1 snoozed");
    assertThat(
            text(
                """
                select concat_ws('|', state, attempts, runs,
                    run_at > clock_timestamp() + interval '59 minutes')
                from longshore.task where id = ?
                """,
                task))
        .isEqualTo("pending|0|1|t");
  }

  /** Not due, so that the claimer, which a settlement wakes, leaves it alone. */
  private long queuedUnder(long claim) {
    String type = text("select type from longshore.claim where id = ?", claim);
    long task = pending(type, 4, Duration.ofDays(-1));
    sql.update(
        "update longshore.task set state = 'queued', claim_id = ?, max_attempts = 1 where id = ?",
        claim,
        task);
    return task;
  }

  private CompletableFuture<Void> run(long claim) {
    Taken taken = take.take(Set.of(claim)).get(claim).get(0);
    TaskType type = types.find(taken.type()).orElseThrow();
    return CompletableFuture.runAsync(() -> runTask.run(taken, type, claim), executor);
  }
}
