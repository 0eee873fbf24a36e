package dev.longshore.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.db.Sql;
import dev.longshore.story.Archives;
import dev.longshore.task.Lane;
import dev.longshore.task.NewTask;
import dev.longshore.task.Outcome;
import dev.longshore.task.Submit;
import dev.longshore.task.TaskContext;
import dev.longshore.task.TaskHandler;
import dev.longshore.task.TaskType;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Short tasks share a claim and its chunks, and a bad one fails alone. */
@ExtendWith(ArquillianExtension.class)
@Execution(ExecutionMode.SAME_THREAD)
class QuickLaneIT {

  private static final int TASKS = 150;

  private static final String TASKS_OF_CLAIMS =
      """
      with claims as (
          select a.claim_id, count(*) as tasks
          from longshore.attempt a join longshore.task t on t.id = a.task_id
          where t.key = ? group by a.claim_id)
      """;

  @Inject private Submit submit;
  @Inject private Sql sql;

  private String test;

  @Deployment
  static WebArchive archive() {
    return Archives.longshore()
        .addClasses(
            Archives.class, QuickLaneIT.class, Writes.class, Brief.class, Deaf.class, Late.class);
  }

  /** Writes a row and then does what its payload says. */
  @ApplicationScoped
  public static class Writes implements TaskHandler {
    @Inject private Sql sql;

    @Override
    public TaskType type() {
      return TaskType.handler("quick-lane-it").withLane(Lane.QUICK).withMaxAttempts(1);
    }

    @Override
    public Outcome run(TaskContext task) throws Exception {
      sql.update(
          "insert into quick_lane_it values (?, ?)",
          task.payload().getString("test"),
          task.payload().getInt("n"));
      switch (task.payload().getString("then")) {
        case "throw" -> throw new IllegalStateException("as asked");
        case "break" -> {
          try {
            sql.update("select 1 / 0");
          } catch (RuntimeException e) {
            return Outcome.succeeded(); // swallowed: the transaction is lost all the same
          }
        }
        case "snooze" -> {
          return Outcome.snoozed(Duration.ofHours(1));
        }
        case "hang" -> Thread.sleep(600_000);
        default -> {}
      }
      return Outcome.succeeded();
    }
  }

  /** One that no other test has been slow with. */
  @ApplicationScoped
  public static class Brief extends Writes {
    @Override
    public TaskType type() {
      return TaskType.handler("quick-lane-brief").withLane(Lane.QUICK);
    }
  }

  /** The bad one goes on when it is interrupted, until the test lets it end. */
  @ApplicationScoped
  public static class Deaf extends Writes {
    static volatile CountDownLatch end;

    /** How the transaction ended that its late write was in. */
    static final CompletableFuture<Integer> LATE = new CompletableFuture<>();

    @Inject private Sql sql;

    @Resource(lookup = "java:comp/TransactionSynchronizationRegistry")
    private TransactionSynchronizationRegistry transaction;

    @Override
    public TaskType type() {
      return TaskType.handler("quick-lane-deaf")
          .withLane(Lane.QUICK)
          .withMaxAttempts(1)
          .withTimeLimit(Duration.ofSeconds(2));
    }

    @Override
    public Outcome run(TaskContext task) throws Exception {
      boolean bad = task.payload().getString("then").equals("ignore");
      if (bad) {
        transaction.registerInterposedSynchronization(
            new Synchronization() {
              @Override
              public void beforeCompletion() {
                // what counts is the end
              }

              @Override
              public void afterCompletion(int status) {
                LATE.complete(status);
              }
            });
      }
      while (bad) {
        try {
          end.await();
          bad = false;
        } catch (InterruptedException e) {
          // that is what it ignores
        }
      }
      sql.update(
          "insert into quick_lane_it values (?, ?)",
          task.payload().getString("test"),
          task.payload().getInt("n"));
      return Outcome.succeeded();
    }
  }

  /**
   * The bad one goes on until its time limit has interrupted it, and says that it has succeeded.
   */
  @ApplicationScoped
  public static class Late extends Writes {
    @Inject private Sql sql;

    @Override
    public TaskType type() {
      return TaskType.handler("quick-lane-late")
          .withLane(Lane.QUICK)
          .withMaxAttempts(1)
          .withTimeLimit(Duration.ofSeconds(1));
    }

    @Override
    public Outcome run(TaskContext task) throws Exception {
      if (task.payload().getString("then").equals("late")) {
        try {
          new CountDownLatch(1).await();
        } catch (InterruptedException e) {
          // that is what it ignores
        }
      }
      sql.update(
          "insert into quick_lane_it values (?, ?)",
          task.payload().getString("test"),
          task.payload().getInt("n"));
      return Outcome.succeeded();
    }
  }

  @BeforeEach
  void begin(TestInfo info) {
    sql.update("create table if not exists quick_lane_it (test text, n int)");
    test = info.getTestMethod().orElseThrow().getName();
  }

  @Test
  void manyShareAClaimAndEachWritesOnce() {
    submit("nothing");
    awaitEnd();
    assertThat(rows()).containsExactlyElementsOf(range());
    assertThat(count("select count(*) from longshore.task where key = ? and state = 'succeeded'"))
        .isEqualTo(TASKS);
    assertThat(claims()).isLessThan(TASKS / 4);
  }

  /** Twenty share a claim while nobody knows how long they take. */
  @Test
  void tasksThatAreSeenToBeBriefShareLargerClaimsAndEachClaimIsOneJobOfOneStep() {
    submit("quick-lane-brief", "nothing", 1_000);
    awaitEnd(1_000);
    assertThat(count(TASKS_OF_CLAIMS + "select max(tasks) from claims")).isGreaterThan(100);
    assertThat(
            count(
                TASKS_OF_CLAIMS
                    + """
                    select count(*) from claims c
                    where (select array_agg(s.step_name) from longshore.job_execution e
                           left join longshore.step_execution s on s.job_execution_id = e.id
                           where e.claim_id = c.claim_id) is distinct from array['handlers']
                    """))
        .isZero();
  }

  @Test
  void onlyTheBadOneFailsAndWhatItWroteIsGone() {
    submit("throw");
    awaitEnd();
    assertThat(rows()).containsExactlyElementsOf(rangeWithoutTheBadOne());
    assertThat(state(77)).isEqualTo("failed java.lang.IllegalStateException: as asked");
    assertThat(count("select count(*) from longshore.task where key = ? and state = 'succeeded'"))
        .isEqualTo(TASKS - 1);
  }

  @Test
  void aTransactionThatAHandlerHasBrokenCostsItAlone() {
    submit("break");
    awaitEnd();
    assertThat(rows()).containsExactlyElementsOf(rangeWithoutTheBadOne());
    assertThat(state(77)).startsWith("failed dev.longshore.db.DatabaseException");
  }

  @Test
  void aSnoozedTaskTakesItsWritesBackAndWaits() {
    submit("snooze");
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                count("select count(*) from longshore.task where key = ? and state = 'succeeded'")
                    == TASKS - 1);
    Awaitility.await().until(() -> state(77).startsWith("pending"));
    assertThat(rows()).containsExactlyElementsOf(rangeWithoutTheBadOne());
    assertThat(count("select sum(attempts) from longshore.task where key = ?"))
        .isEqualTo(TASKS - 1);
  }

  @Test
  void aHangingTaskCanBeCancelledAndItsNeighboursGoOn() {
    submit("hang");
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                sql.update(
                        """
                        update longshore.task set cancel_requested = true
                        where key = ? and state = 'ongoing' and payload ->> 'n' = '77'
                        """,
                        test)
                    == 1);
    awaitEnd();
    assertThat(state(77)).isEqualTo("cancelled Cancelled while it ran");
    assertThat(rows()).containsExactlyElementsOf(rangeWithoutTheBadOne());
  }

  /** So that the others are not blamed, should it take the node down. */
  @Test
  void aClaimWithATaskThatWasLostNotesWhichOneItIsAtAndCommitsEachByItself() {
    sql.update(
        """
        insert into longshore.task (type, queue, priority, max_attempts, key, losses, payload)
        select 'quick-lane-it', 'default', 4, 5, ?, 1, jsonb_build_object('test', key, 'n', n,
            'then', case n when 77 then 'hang' else 'nothing' end)
        from generate_series(0, 149) n, (values (?)) k (key)
        """,
        test,
        test);
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                count(
                        """
                        select count(*) from longshore.claim c join longshore.task t on t.id = c.at_task
                        where t.key = ? and t.claim_id = c.id and t.payload ->> 'n' = '77'
                        """)
                    == 1);
    assertThat(
            count(
                """
                select count(*) from longshore.task t join longshore.claim c on c.id = t.claim_id
                where t.key = ? and t.id < c.at_task
                """))
        .isZero();
    sql.update(
        "update longshore.task set cancel_requested = true where key = ? and payload ->> 'n' = '77'",
        test);
    awaitEnd();
    assertThat(rows()).containsExactlyElementsOf(rangeWithoutTheBadOne());
  }

  @Test
  void aTaskThatIgnoresItsTimeLimitIsSettledWithoutItAndItsLateWriteIsRefused() throws Exception {
    Deaf.end = new CountDownLatch(1);
    submit("quick-lane-deaf", "ignore");
    awaitEnd(); // while it still runs: its neighbours are given back and run elsewhere
    assertThat(unsuccessful()).containsExactly("77 failed Passed its time limit of PT2S");
    assertThat(rows()).containsExactlyElementsOf(rangeWithoutTheBadOne());

    Deaf.end.countDown();

    assertThat(Deaf.LATE.get(30, TimeUnit.SECONDS)).isEqualTo(Status.STATUS_ROLLEDBACK);
    assertThat(rows()).containsExactlyElementsOf(rangeWithoutTheBadOne());
    assertThat(unsuccessful()).containsExactly("77 failed Passed its time limit of PT2S");
  }

  @Test
  void aTaskThatAnswersAfterItsTimeLimitIsTimedOutAndWhatItWroteIsGone() {
    submit("quick-lane-late", "late");
    awaitEnd();
    assertThat(unsuccessful()).containsExactly("77 failed Passed its time limit of PT1S");
    assertThat(rows()).containsExactlyElementsOf(rangeWithoutTheBadOne());
  }

  private void submit(String what) {
    submit("quick-lane-it", what);
  }

  private void submit(String type, String what) {
    submit(type, what, TASKS);
  }

  private void submit(String type, String what, int tasks) {
    submit.submit(
        IntStream.range(0, tasks)
            .mapToObj(n -> task(type, n, n == 77 ? what : "nothing"))
            .iterator());
  }

  private NewTask task(String type, int n, String then) {
    return new NewTask(
        type,
        Json.createObjectBuilder().add("test", test).add("n", n).add("then", then).build(),
        null,
        null,
        null,
        test,
        null,
        null,
        null,
        null);
  }

  private void awaitEnd() {
    awaitEnd(TASKS);
  }

  private void awaitEnd(int tasks) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                count("select count(*) from longshore.task where key = ? and ended_at is not null")
                    == tasks);
  }

  private List<Integer> rows() {
    return sql.list(
        "select n from quick_lane_it where test = ? order by n", row -> row.getInt(1), test);
  }

  private String state(int n) {
    return sql.first(
            """
            select state || ' ' || coalesce(split_part(error, E'\\n', 1), '')
            from longshore.task where key = ? and payload ->> 'n' = ?
            """,
            row -> row.getString(1),
            test,
            Integer.toString(n))
        .orElseThrow();
  }

  private List<String> unsuccessful() {
    return sql.list(
        """
        select (payload ->> 'n') || ' ' || state || ' ' || coalesce(split_part(error, E'\\n', 1), '')
        from longshore.task where key = ? and state <> 'succeeded' order by id
        """,
        row -> row.getString(1),
        test);
  }

  private long claims() {
    return count(
        """
        select count(distinct a.claim_id) from longshore.attempt a
        join longshore.task t on t.id = a.task_id where t.key = ?
        """);
  }

  private long count(String query) {
    return sql.first(query, row -> row.getLong(1), test).orElseThrow();
  }

  private static List<Integer> range() {
    return IntStream.range(0, TASKS).boxed().toList();
  }

  private static List<Integer> rangeWithoutTheBadOne() {
    return IntStream.range(0, TASKS).filter(n -> n != 77).boxed().toList();
  }
}
