package dev.longshore.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.longshore.engine.EngineTestSupport;
import dev.longshore.engine.control.Cancel;
import dev.longshore.engine.control.CancelAll;
import dev.longshore.engine.settle.Attempted;
import dev.longshore.engine.settle.Settle;
import dev.longshore.engine.worker.Pace;
import dev.longshore.task.Backoff;
import dev.longshore.task.Lane;
import dev.longshore.task.Outcome;
import dev.longshore.task.TaskContext;
import dev.longshore.task.TaskFilter;
import dev.longshore.task.TaskHandler;
import dev.longshore.task.TaskMoved;
import dev.longshore.task.TaskState;
import dev.longshore.task.TaskType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A claim is taken once, by a node that is alive, or not at all. */
class TakeIT extends EngineTestSupport {

  @Inject private Take take;
  @Inject private Settle settle;
  @Inject private Cancel cancel;
  @Inject private CancelAll cancelAll;
  @Inject private Pace pace;

  @Deployment
  static WebArchive archive() {
    return archive(TakeIT.class, Known.class, Quick.class, Brief.class, Slow.class, Unknown.class);
  }

  /** A node takes claims of types that it knows. */
  @ApplicationScoped
  public static class Known implements TaskHandler {
    @Override
    public TaskType type() {
      return TaskType.handler(TYPE);
    }

    @Override
    public Outcome run(TaskContext task) {
      throw new IllegalStateException("nothing is dispatched here");
    }
  }

  private static final String QUICK = "take-quick";
  private static final String QUICK_AND_SLOW = "take-quick-slow";

  /** Types of the quick lane. */
  public abstract static class Quick implements TaskHandler {
    private final String name;

    Quick(String name) {
      this.name = name;
    }

    @Override
    public TaskType type() {
      return TaskType.handler(name).withLane(Lane.QUICK);
    }

    @Override
    public Outcome run(TaskContext task) {
      throw new IllegalStateException("nothing is dispatched here");
    }
  }

  @ApplicationScoped
  public static class Brief extends Quick {
    public Brief() {
      super(QUICK);
    }
  }

  @ApplicationScoped
  public static class Slow extends Quick {
    public Slow() {
      super(QUICK_AND_SLOW);
    }
  }

  @ApplicationScoped
  public static class Unknown extends Quick {
    public Unknown() {
      super("take-quick-unknown");
    }
  }

  private List<Taken> take(long claim) {
    return take.take(List.of(claim)).getOrDefault(claim, List.of());
  }

  @BeforeEach
  void claimNothing() {
    worker.stopTakingWork(); // what a test submits is not to be claimed, however this node is woken
  }

  @Test
  void aClaimOfATypeThatOnlyAnotherBuildKnowsIsLeftToIt() {
    declare("of-another-build", Lane.LONG);
    long claim = claim("of-another-build");
    String before = everything();

    assertThat(take(claim)).isEmpty();

    assertThat(everything()).isEqualTo(before);
    assertThat(take.isOfAnotherBuild(claim)).isTrue();
    assertThat(take.isOfAnotherBuild(taken("gone", 1))).isFalse();
  }

  @Test
  void takingAClaimOpensAnAttemptOfEachOfItsTasks() {
    long claim = claim(TYPE);
    long low = queued(claim);
    long high = queued(claim);
    sql.update(
        "update longshore.task set priority = 9, payload = '{\"n\": [1, {\"x\": \"ü\"}]}',"
            + " attempts = 2, runs = 3, losses = 1, ended_at = now(), progress = '{}'"
            + " where id = ?",
        high);

    List<Taken> tasks = take(claim);

    assertThat(tasks).extracting(Taken::task).containsExactly(high, low);
    Taken first = tasks.get(0);
    assertThat(first.payload()).hasToString("{\"n\":[1,{\"x\":\"ü\"}]}");
    assertThat(List.of(first.number(), first.attempts(), first.maxAttempts(), first.losses()))
        .containsExactly(4, 3, 5, 1);
    assertThat(state(high)).isEqualTo("ongoing");
    assertThat(attempts(high)).containsExactly("4 under way");
    assertThat(attempts(low)).containsExactly("1 under way");
    assertThat(
            number(
                """
                select count(*) from longshore.task t
                join longshore.claim c on c.id = t.claim_id
                join longshore.attempt a on a.task_id = t.id and a.claim_id = c.id
                where t.worker = ? and c.worker = t.worker and c.worker_run = ?
                  and a.worker = t.worker and a.started_at = t.started_at
                  and c.taken_at is not null and t.ended_at is null and t.progress is null
                """,
                worker.id(),
                worker.run()))
        .isEqualTo(2);
  }

  @Test
  void everyTakenTaskIsToldOnceAndNotAudited() {
    long claim = claim(TYPE);
    long task = queued(claim);

    take(claim);

    assertThat(moves.committed())
        .containsExactly(
            new TaskMoved(
                task,
                TYPE,
                TaskState.QUEUED,
                TaskState.ONGOING,
                1,
                claim,
                worker.id(),
                "taken",
                0,
                null));
    assertThat(trail(task)).isEmpty();
  }

  @Test
  void quickTasksThatEndAtOnceBeginWithTheirSettlement() {
    long claim = claim(QUICK);
    long task = queued(QUICK, claim);
    pace.took(QUICK, 1);

    List<Taken> taken = take.takeQuick(claim);

    assertThat(taken).extracting(Taken::task, Taken::number).containsExactly(tuple(task, 1));
    assertThat(state(task)).isEqualTo("queued");
    assertThat(attempts(task)).isEmpty();
    assertThat(
            number(
                """
                select count(*) from longshore.claim
                where id = ? and worker = ? and worker_run = ? and taken_at is not null
                """,
                claim,
                worker.id(),
                worker.run()))
        .isEqualTo(1);
    assertThat(take.takeQuick(claim)).as("a second time").isEmpty();
  }

  @Test
  void quickTasksThatTakeTheirTimeBeginAtOnce() {
    pace.took(QUICK_AND_SLOW, 1_000_000_000);
    assertBeginsAtOnce(QUICK_AND_SLOW, 0);
  }

  @Test
  void quickTasksOfATypeThatNothingIsKnownOfBeginAtOnce() {
    assertBeginsAtOnce("take-quick-unknown", 0);
  }

  @Test
  void quickTasksThatWereLostBeforeBeginAtOnce() {
    pace.took(QUICK, 1);
    assertBeginsAtOnce(QUICK, 1);
  }

  private void assertBeginsAtOnce(String type, int losses) {
    long claim = claim(type);
    long task = queued(type, claim);
    sql.update("update longshore.task set losses = ? where id = ?", losses, task);

    assertThat(take.takeQuick(claim)).extracting(Taken::number).containsExactly(1);

    assertThat(state(task)).isEqualTo("ongoing");
    assertThat(attempts(task)).containsExactly("1 under way");
    assertThat(moves.committed()).extracting(TaskMoved::to).containsExactly(TaskState.ONGOING);
  }

  @Test
  void aQuickClaimWhoseTasksWereAllCancelledIsEnded() {
    long claim = claim(QUICK);

    assertThat(take.takeQuick(claim)).isEmpty();

    assertThat(exists(claim)).isFalse();
  }

  @Test
  void aTaskThatIsJustBeingCancelledIsNotTaken() {
    assertNotTakenWhile(task -> cancel.cancel(task, "operator"));
  }

  @Test
  void norIsOneOfManyThatAre() {
    assertNotTakenWhile(task -> cancelAll.cancel(all(QUICK), "operator"));
  }

  /** The claim's row is locked by then: a take waits, and sees what has become of the task. */
  private void assertNotTakenWhile(LongConsumer cancelled) {
    long claim = claim(QUICK);
    long task = queued(QUICK, claim);
    List<CompletableFuture<List<Taken>>> takes = new CopyOnWriteArrayList<>();
    moves.during(
        moved -> {
          if (moved.from() == TaskState.QUEUED) {
            takes.add(CompletableFuture.supplyAsync(() -> take.takeQuick(claim), executor));
            // Aside: in a transaction the view of all sessions stays as it was at its first look.
            CompletableFuture.runAsync(() -> awaitDoneOrBlocked(takes.get(0)), executor).join();
          }
        });

    cancelled.accept(task);

    assertThat(takes).singleElement().satisfies(take -> assertThat(take.join()).isEmpty());
    assertThat(state(task)).isEqualTo("cancelled");
    assertThat(exists(claim)).isFalse();
  }

  @Test
  void aTaskThatIsJustBeingTakenIsAskedToStopAndNotCancelled() throws Exception {
    long claim = claim(QUICK);
    long task = queued(QUICK, claim);
    CountDownLatch end = new CountDownLatch(1);
    CompletableFuture<Void> taking = inOpenTransaction(() -> taken(claim), end);
    CompletableFuture<TaskState> cancelling =
        CompletableFuture.supplyAsync(() -> cancel.cancel(task, "operator"), executor);
    try {
      awaitDoneOrBlocked(cancelling);
    } finally {
      end.countDown();
      taking.get(30, TimeUnit.SECONDS);
    }

    assertThat(cancelling.get(30, TimeUnit.SECONDS)).isEqualTo(TaskState.ONGOING);
    assertAsked(task);
  }

  /** Waiting for the take with locks on the others could end in a deadlock. */
  @Test
  void oneOfManyThatIsJustBeingTakenIsWaitedForAlone() throws Exception {
    long other = queued(QUICK, claim(QUICK));
    long claim = claim(QUICK);
    long task = queued(QUICK, claim);
    CountDownLatch end = new CountDownLatch(1);
    CompletableFuture<Void> taking = inOpenTransaction(() -> taken(claim), end);
    CompletableFuture<CancelAll.Counts> cancelling =
        CompletableFuture.supplyAsync(() -> cancelAll.cancel(all(QUICK), "operator"), executor);
    try {
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> state(other).equals("cancelled"));
      awaitDoneOrBlocked(cancelling);
    } finally {
      end.countDown();
      taking.get(30, TimeUnit.SECONDS);
    }

    assertThat(cancelling.get(30, TimeUnit.SECONDS)).isEqualTo(new CancelAll.Counts(1, 1, 0));
    assertAsked(task);
  }

  private void assertAsked(long task) {
    assertThat(
            text("select state || ' ' || cancel_requested from longshore.task where id = ?", task))
        .isEqualTo("queued true");
  }

  private static TaskFilter all(String type) {
    return new TaskFilter(null, type, null, null);
  }

  /** As {@code takeQuick} leaves it. */
  private void taken(long claim) {
    sql.update(
        """
        update longshore.claim set worker = ?, worker_run = ?, taken_at = clock_timestamp()
        where id = ?
        """,
        worker.id(),
        worker.run(),
        claim);
  }

  @Test
  void aClaimIsTakenOnce() {
    long claim = claim(TYPE);
    long task = queued(claim);
    assertThat(take(claim)).hasSize(1);
    String taken = everything();

    assertThat(take(claim)).isEmpty();

    assertThat(everything()).isEqualTo(taken);
    assertThat(attempts(task)).containsExactly("1 under way");
    assertThat(moves.fired()).hasSize(1);
  }

  /** A node that took it and died keeps it until it is recovered, whatever the message does. */
  @Test
  void aClaimThatAnotherNodeHasTakenIsNotTaken() {
    long claim = taken("another", 1);
    queued(claim);
    String before = everything();

    assertThat(take(claim)).isEmpty();

    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void oneOfManyThatTakeAClaimAtOnceGetsIt() {
    long claim = claim(TYPE);
    long task = queued(claim);

    List<CompletableFuture<List<Taken>>> takers =
        IntStream.range(0, 6)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> take(claim), executor))
            .toList();

    assertThat(takers.stream().mapToInt(t -> t.join().size()).sum()).isEqualTo(1);
    assertThat(attempts(task)).hasSize(1);
  }

  @Test
  void aWorkerThatWasDeclaredLostTakesNothing() {
    long claim = claim(TYPE);
    queued(claim);
    sql.update("update longshore.worker set state = 'lost' where id = ?", worker.id());
    String before = everything();

    assertThat(take(claim)).isEmpty();

    assertThat(everything()).isEqualTo(before);
    assertThat(moves.fired()).isEmpty();
  }

  /** Another process holds the id by now. */
  @Test
  void anEarlierLifeOfAWorkerTakesNothing() {
    long claim = claim(TYPE);
    queued(claim);
    sql.update("update longshore.worker set run = run + 1 where id = ?", worker.id());
    String before = everything();

    assertThat(take(claim)).isEmpty();

    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void aClaimThatIsGoneIsNotTaken() {
    assertThat(take(claim(TYPE) + 1)).isEmpty();
    assertThat(moves.fired()).isEmpty();
  }

  @Test
  void aClaimWhoseTasksHaveLeftItEndsWhenItIsTaken() {
    long claim = claim(TYPE);

    assertThat(take(claim)).isEmpty();

    assertThat(exists(claim)).isFalse();
  }

  @Test
  void whatIsTakenIsRunWhateverThoseDoWhoAreTold() {
    long claim = claim(TYPE);
    queued(claim);
    moves.during(
        moved -> {
          throw new IllegalStateException("no");
        });

    assertThat(take(claim)).hasSize(1);
  }

  /**
   * A merge join looks cheap to the planner, and reads the index of claims from its beginning: of a
   * million tasks that had passed, three quarters of a second for every claim.
   */
  @Test
  void whatOtherClaimsHaveLeftInTheirIndexIsNotReadByThoseThatFollow() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    CompletableFuture<Void> old = inOpenTransaction(this::openSnapshot, done);
    try {
      aThousandClaimsPassBy();
      List<Long> settlements = new ArrayList<>();
      moves.during(
          moved -> {
            if (moved.to() != TaskState.ONGOING) {
              settlements.add(claimEntriesReadByThisSession());
            }
          });
      long scans = claimScans("idx_scan");
      long read = claimScans("idx_tup_read");
      for (int i = 0; i < 3; i++) {
        long claim = claim(TYPE);
        queued(claim);
        long task = take(claim).get(0).task();
        Attempted attempt =
            new Attempted(task, TYPE, claim, 1, 1, 5, 0, Backoff.DEFAULT, worker.id());
        assertThat(settle.settle(attempt, Outcome.succeeded(), 0)).isTrue();
        long quick = claim(QUICK);
        queued(QUICK, quick);
        assertThat(take.takeQuick(quick)).hasSize(1);
      }
      // What the session has read before may be in its first number.
      assertThat(Collections.min(settlements)).as("entries read by a settlement").isLessThan(20);
      // A take commits by itself, and sessions tell what they have read some seconds later.
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> claimScans("idx_scan") >= scans + 9);
      assertThat(claimScans("idx_tup_read") - read).as("by all nine of them").isLessThan(9 * 20);
    } finally {
      done.countDown();
      old.get(30, TimeUnit.SECONDS);
    }
  }

  /** From under which nothing that has died since may be removed. */
  private void openSnapshot() {
    sql.update("set transaction isolation level repeatable read");
    number("select count(*) from longshore.task_type");
  }

  /** With the statistics that autovacuum leaves when it looks at both tables in between. */
  private void aThousandClaimsPassBy() {
    sql.update(
        """
        insert into longshore.claim (lane, type, claimed_by)
        select 'long', ?, 'a test' from generate_series(1, 100)
        """,
        TYPE);
    sql.update("analyze longshore.claim");
    sql.update("delete from longshore.claim");
    sql.update(
        """
        insert into longshore.task (type, queue, priority, max_attempts, state, claim_id)
        select ?, 'default', 4, 5, 'queued', nextval('longshore.claim_id') from generate_series(1, 1000)
        """,
        TYPE);
    sql.update("analyze longshore.task");
    sql.update("update longshore.task set state = 'pending', claim_id = null");
  }

  private long claimScans(String column) {
    return number(
        "select "
            + column
            + " from pg_stat_user_indexes where indexrelid = 'longshore.task_claim'::regclass");
  }

  private long claimEntriesReadByThisSession() {
    return number(
        """
        with told as materialized (select pg_stat_force_next_flush())
        select pg_stat_get_xact_tuples_returned('longshore.task_claim'::regclass) from told
        """);
  }
}
