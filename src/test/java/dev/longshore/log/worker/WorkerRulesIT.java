package dev.longshore.log.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.db.Sql;
import dev.longshore.engine.worker.Worker;
import dev.longshore.task.Handler;
import dev.longshore.task.NewTask;
import dev.longshore.task.Outcome;
import dev.longshore.task.Submit;
import jakarta.enterprise.inject.Vetoed;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who may run a worker and commit for it, and what becomes of a handler that will not end. */
class WorkerRulesIT extends WorkerTestSupport {

  @Inject private WorkerRows rows;
  @Inject private Worker node;
  @Inject private Dispatcher dispatcher;

  @Deployment
  static WebArchive archive() {
    return archive(
            WorkerRulesIT.class,
            Text.class,
            Stubborn.class,
            Deaf.class,
            Late.class,
            Held.class,
            Poisoned.class,
            Skips.class,
            DeafTicks.class,
            Holds.class,
            Grows.class,
            Grown.class,
            Submits.class,
            Submitted.class)
        .addAsResource(
            // One place for all: who keeps it keeps all others from running.
            new StringAsset(
                """
                longshore.event-workers.abandon=PT0.3S
                longshore.event-workers.concurrency=1
                """),
            "META-INF/microprofile-config.properties");
  }

  public record Text(String text) {}

  /** Its first call ends when the test says so, and hears nothing else. */
  @EventWorker(
      name = "stubborn-it",
      description = "Does not listen.",
      start = "now",
      timeLimit = "PT0.2S")
  public static class Stubborn {
    static final AtomicInteger CALLS = new AtomicInteger();
    static final CountDownLatch END = new CountDownLatch(1);

    @Inject private Sql sql;

    @OnMessage("stubborn-it/go")
    void go(Text text, WorkerContext context) {
      int call = CALLS.incrementAndGet();
      sql.update(
          "insert into worker_it (worker, text) values ('stubborn-it', ?)",
          "attempt " + context.attempt());
      while (call == 1 && END.getCount() > 0) {
        try {
          END.await();
        } catch (InterruptedException e) {
          // That is what it is here for.
        }
      }
    }
  }

  /** Its calls for "hang" end when the test says so, and hear nothing else. */
  @EventWorker(
      name = "deaf-it",
      description = "Never listens.",
      start = "now",
      timeLimit = "PT0.2S",
      attempts = 1)
  public static class Deaf {
    static final AtomicInteger HUNG = new AtomicInteger();
    static final CountDownLatch END = new CountDownLatch(1);

    @Inject private Sql sql;

    @OnMessage("deaf-it/go")
    void go(Text text) {
      HUNG.addAndGet(text.text().equals("hang") ? 1 : 0);
      while (text.text().equals("hang") && END.getCount() > 0) {
        try {
          END.await();
        } catch (InterruptedException e) {
          // Nor this.
        }
      }
      sql.update("insert into worker_it (worker, text) values ('deaf-it', ?)", text.text());
    }
  }

  /** What is wrong with what it writes shows at the commit, if not before. */
  @EventWorker(
      name = "late-it",
      description = "Breaks a deferred constraint.",
      start = "now",
      attempts = 1)
  public static class Late {
    @Inject private Sql sql;

    @OnMessage("late-it/go")
    void go(Text text) {
      sql.update("insert into worker_it (worker, text) values ('late-it', ?)", text.text());
      if (text.text().equals("bad")) {
        sql.update("insert into late_child values (0)");
      }
    }
  }

  /** Its first call goes on until the test lets it. */
  @EventWorker(name = "held-it", description = "Takes its time.", start = "now", timeLimit = "PT1M")
  public static class Held {
    static final AtomicInteger CALLS = new AtomicInteger();
    static final CountDownLatch GO_ON = new CountDownLatch(1);

    @Inject private Sql sql;

    @OnMessage("held-it/go")
    void go(Text text, WorkerContext context) throws InterruptedException {
      sql.update(
          "insert into worker_it (worker, text) values ('held-it', ?)",
          text.text() + (context.isReplay() ? " again" : ""));
      if (CALLS.incrementAndGet() == 1) {
        GO_ON.await();
      }
    }
  }

  /** Says whether the platform took the message for one that kills. */
  @EventWorker(name = "poisoned-it", description = "Is said to kill.", start = "now")
  public static class Poisoned {
    @Inject private Sql sql;

    @OnMessage("poisoned-it/go")
    void go(Text text) {
      sql.update(
          """
          insert into worker_it (worker, text)
          select name, ? || coalesce(' suspected ' || losses, '') from (
              select name, case when suspect_id is not null then losses end as losses
              from longshore.event_worker where name = 'poisoned-it') w
          """,
          text.text());
    }
  }

  @EventWorker(
      name = "skips-it",
      description = "Does without.",
      start = "now",
      whenDown = WhenDown.SKIP)
  public static class Skips {
    @Inject private Sql sql;

    @OnMessage("skips-it/go")
    void go(Text text) {
      sql.update("insert into worker_it (worker, text) values ('skips-it', ?)", text.text());
      if (text.text().equals("down")) {
        throw new ServiceDown("The service answers 503.");
      }
    }
  }

  /** Its first periodic run ends when the test says so, and hears nothing else. */
  @EventWorker(name = "deaf-ticks-it", description = "Ticks, and never listens.", start = "now")
  public static class DeafTicks {
    static final AtomicInteger CALLS = new AtomicInteger();
    static final CountDownLatch END = new CountDownLatch(1);

    @Inject private Sql sql;

    @Periodically(every = "PT1H", timeLimit = "PT0.2S")
    void tick() {
      CALLS.incrementAndGet();
      while (END.getCount() > 0) {
        try {
          END.await();
        } catch (InterruptedException e) {
          // Nor this.
        }
      }
    }

    @OnMessage("deaf-ticks-it/go")
    void go(Text text) {
      sql.update("insert into worker_it (worker, text) values ('deaf-ticks-it', ?)", text.text());
    }
  }

  /** Keeps its place until the test lets it go. */
  @EventWorker(name = "holds-it", description = "Is in the way.", start = "now", timeLimit = "PT1M")
  public static class Holds {
    static final AtomicInteger CALLS = new AtomicInteger();
    static volatile CountDownLatch goOn;

    @OnMessage("holds-it/go")
    void go() throws InterruptedException {
      CALLS.incrementAndGet();
      goOn.await();
    }
  }

  @EventWorker(name = "grows-it", description = "Gets a handler.", start = "now")
  public static class Grows {
    @Inject private Sql sql;

    @OnMessage("grows-it/go")
    void go(Text text) {
      sql.update("insert into worker_it (worker, text) values ('grows-it', ?)", text.text());
    }
  }

  @Vetoed // of the next build
  @EventWorker(name = "grows-it", description = "Has another handler.", start = "now")
  public static class Grown {
    @OnMessage({"grows-it/go", "grows-it/new"})
    void go() {}
  }

  @Handler(name = "submitted-it")
  public static class Submitted {
    Outcome run(JsonObject payload) {
      return Outcome.succeeded();
    }
  }

  @EventWorker(name = "submits-it", description = "Has a task do it.", start = "now", attempts = 2)
  public static class Submits {
    @Inject private Submit submit;

    @OnMessage("submits-it/go")
    void go(Text text, WorkerContext context) {
      submit.submit(NewTask.of("submitted-it", text(text.text())));
      if (context.attempt() == 1) {
        throw new IllegalStateException("once");
      }
    }
  }

  @AfterEach
  void theOtherNodeIsGone() {
    sql.update("update longshore.worker set lease_until = clock_timestamp() where id = 'other-it'");
    await(() -> owned("other-it") == 0);
  }

  @Test
  void aHandlerThatIgnoresItsInterruptionIsLeftBehindAndCanCommitNothing() {
    log.append("stubborn-it/go", text("x"));
    awaitWritten("stubborn-it", "attempt 2"); // while the first call goes on
    await(() -> standings.get("stubborn-it").failures() == 0);
    Stubborn.END.countDown();
    await(
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("event-worker-stubborn-it")));
    assertThat(written("stubborn-it")).containsExactly("attempt 2");
    assertThat(standings.get("stubborn-it").handled()).isEqualTo(1);
  }

  @Test
  void oneThatNeverListensUsesUpItsAttemptsAndKeepsNobodyFromRunning() {
    long hangs = log.append("deaf-it/go", text("hang"));
    log.append("deaf-it/go", text("next"));
    try {
      awaitWritten("deaf-it", "next"); // while the first call goes on
      // Nobody died of it.
      assertThat(
              sql.list(
                  """
                  select distinct exit_status from longshore.job_execution
                  where instance_id = (select job_instance from longshore.event_worker
                                       where name = 'deaf-it')
                    and exit_status in ('lost', 'abandoned')
                  """,
                  row -> row.getString(1)))
          .containsExactly("abandoned");
      assertThat(Deaf.HUNG).hasValue(1);
      assertThat(deadLetters.page("deaf-it", 0, 10))
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.message()).isEqualTo(hangs);
                assertThat(letter.error())
                    .startsWith("Its attempts are used up. The last one: It took longer than")
                    .endsWith("It ignored that.");
              });
    } finally {
      Deaf.END.countDown();
    }
  }

  @Test
  void aPeriodicRunThatNeverListensComesAgainAtItsNextTimeOnly() {
    stop("deaf-ticks-it");
    sql.update(
        """
        update longshore.event_worker set periodic_at = clock_timestamp()
        where name = 'deaf-ticks-it'
        """);
    control.start("deaf-ticks-it", "test");
    try {
      await(() -> DeafTicks.CALLS.get() == 1);
      log.append("deaf-ticks-it/go", text("x"));
      awaitWritten("deaf-ticks-it", "x"); // while the run goes on
      assertThat(DeafTicks.CALLS).hasValue(1);
      assertThat(standings.get("deaf-ticks-it").periodicAt())
          .isAfter(java.time.OffsetDateTime.now().plusMinutes(30));
      assertThat(standings.get("deaf-ticks-it").status()).isEqualTo("running");
    } finally {
      DeafTicks.END.countDown();
    }
  }

  @Test
  void whoWaitsForAPlaceBeginsNothingWhenItIsPausedMeanwhile() {
    // One place is all there is.
    CountDownLatch goOn = new CountDownLatch(1);
    Holds.goOn = goOn;
    log.append("holds-it/go", text("x"));
    await(() -> Holds.CALLS.get() == 1);
    log.append("skips-it/go", text("paused"));
    await(() -> waitsForAPlace("event-worker-skips-it"));
    control.pause("skips-it", "test");
    dispatcher.look(); // this node has heard of it
    goOn.countDown();
    await(() -> !waitsForAPlace("event-worker-skips-it") && !consumer("skips-it").isBusy());
    assertThat(written("skips-it")).doesNotContain("paused");
    control.resume("skips-it", "test");
    await(() -> written("skips-it").contains("paused"));
  }

  private static boolean waitsForAPlace(String thread) {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(t -> t.getKey().getName().equals(thread))
        .flatMap(t -> java.util.Arrays.stream(t.getValue()))
        .anyMatch(f -> f.getClassName().equals(Room.class.getName()));
  }

  private Consumer consumer(String name) {
    return dispatcher.all().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
  }

  /** As when a build with another handler starts on a node beside this one. */
  @Test
  void aNodeWhoseBuildLacksAHandlerLeavesTheWorkerToThoseThatHaveIt() {
    WorkerDeclaration grown = WorkerDeclaration.of(Grown.class, null);
    WorkerDeclaration ours = WorkerDeclaration.of(Grows.class, null);
    await(() -> node.id().equals(standings.get("grows-it").node()));
    try {
      rows.declare(grown, Policies.json(grown.policy()));
      log.append("grows-it/new", text("not ours"));
      log.append("grows-it/go", text("behind it"));
      await(() -> standings.get("grows-it").node() == null);
      dispatcher.look();
      assertThat(standings.get("grows-it").node()).isNull();
      assertThat(written("grows-it")).isEmpty();
      assertThat(standings.get("grows-it").lagMessages()).isEqualTo(2);
    } finally {
      rows.declare(ours, Policies.json(ours.policy()));
    }
    awaitWritten("grows-it", "behind it");
  }

  @Test
  void aConstraintThatIsCheckedLateFailsTheMessageThatBrokeItAlone() {
    sql.update("create table if not exists late_parent (id bigint primary key)");
    sql.update(
        """
        create table if not exists late_child (
            parent bigint references late_parent deferrable initially deferred)
        """);
    log.append(
        List.of(
            message("late-it/go", "one"),
            message("late-it/go", "bad"),
            message("late-it/go", "two")));
    awaitWritten("late-it", "one", "two");
    assertThat(deadLetters.page("late-it", 0, 10))
        .singleElement()
        .extracting(DeadLetter::error)
        .asString()
        .startsWith("The handler broke a constraint that is checked late: ");
  }

  @Test
  void whatWasBegunBeforeAnOperatorMovedTheWorkerIsNotCommitted() {
    long id = log.append("held-it/go", text("x"));
    await(() -> Held.CALLS.get() == 1);
    control.position("held-it", Long.toString(id + 1), false, "test");
    control.position("held-it", Long.toString(id), false, "test"); // what it was at is a replay now
    Held.GO_ON.countDown();
    awaitWritten("held-it", "x again");
    assertThat(standings.get("held-it").handled()).isEqualTo(1);
  }

  @Test
  void aMessageThatMayHaveTakenItsNodeDownIsTriedAloneAndTheThirdTimeSetAside() {
    stop("poisoned-it");
    ghostRuns("poisoned-it");
    log.append(List.of(message("poisoned-it/go", "first"), message("poisoned-it/go", "second")));
    control.start("poisoned-it", "test");
    awaitWritten("poisoned-it", "first suspected 1", "second");

    stop("poisoned-it");
    long id = log.append("poisoned-it/go", text("third"));
    lost("poisoned-it", id, 1);
    control.start("poisoned-it", "test");
    awaitWritten("poisoned-it", "first suspected 1", "second", "third suspected 2");

    stop("poisoned-it");
    id = log.append("poisoned-it/go", text("fourth"));
    log.append("poisoned-it/go", text("fifth"));
    lost("poisoned-it", id, 2);
    control.start("poisoned-it", "test");
    awaitWritten("poisoned-it", "first suspected 1", "second", "third suspected 2", "fifth");

    stop("poisoned-it");
    ghostRuns("poisoned-it");
    // Its execution is ended before its worker is taken.
    await(
        () ->
            count(
                    """
                    select count(*) from longshore.job_execution
                    where worker = ? and status = 'STARTED'
                    """,
                    "ghost-it")
                == 0);
    log.append("poisoned-it/go", text("sixth"));
    control.start("poisoned-it", "test");
    awaitWritten(
        "poisoned-it",
        "first suspected 1",
        "second",
        "third suspected 2",
        "fifth",
        "sixth suspected 1");
    assertThat(deadLetters.page("poisoned-it", 0, 10))
        .extracting(DeadLetter::message, DeadLetter::error)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(id, "It took its node down 3 times in a row."));
  }

  @Test
  void aWorkerMayPassOverWhatAServiceThatIsDownIsNeededFor() {
    long id = log.append("skips-it/go", text("down"));
    await(
        () ->
            standings.get("skips-it").position() >= id
                && standings.get("skips-it").health().status() == Health.Status.DEGRADED);
    assertThat(written("skips-it")).isEmpty();
    assertThat(deadLetters.page("skips-it", 0, 10)).isEmpty();
    log.append("skips-it/go", text("up"));
    awaitWritten("skips-it", "up");
    await(() -> standings.get("skips-it").health().status() == Health.Status.HEALTHY);
  }

  @Test
  void aTaskThatAHandlerSubmitsCommitsWithItsMessage() {
    log.append("submits-it/go", text("x"));
    await(() -> standings.get("submits-it").handled() == 1);
    assertThat(
            sql.list(
                "select count(*) from longshore.task where type = 'submitted-it'",
                row -> row.getInt(1)))
        .containsExactly(1);
  }

  @Test
  void aWorkerThatALiveNodeRunsIsLeftToItAndTakenWhenItIsGone() {
    sql.update("delete from worker_it where worker = 'skips-it'");
    otherNodeLives();
    give("skips-it");
    await(() -> "other-it".equals(standings.get("skips-it").node()));
    log.append("skips-it/go", text("waits"));
    log.append("submits-it/go", text("does not wait"));
    await(() -> standings.get("submits-it").lagMessages() == 0);
    rows.take(new String[] {"skips-it"});
    assertThat(standings.get("skips-it").node()).isEqualTo("other-it");
    assertThat(written("skips-it")).isEmpty();
    theOtherNodeIsGone();
    awaitWritten("skips-it", "waits");
    assertThat(standings.get("skips-it").node()).isEqualTo(node.id());
  }

  @Test
  void aNodeAsksForItsShareAndGivesTheOthersTheirs() {
    otherNodeLives();
    String[] all = standings.declaredHere().toArray(String[]::new);
    give(all);
    int share = all.length / 2;
    await(() -> asked(node.id()) == share);
    // The other one hands one of them over.
    sql.update(
        """
        update longshore.event_worker set owner = asked_by, owner_run = asked_run, asked_by = null,
            token = nextval('longshore.event_worker_token')
        where name = (select min(name) from longshore.event_worker where asked_by = ?)
        """,
        node.id());
    await(() -> owned(node.id()) == 1 && standings.here().size() == 1);
    String mine = standings.here().keySet().iterator().next();
    // And asks for it again.
    sql.update(
        "update longshore.event_worker set asked_by = 'other-it', asked_run = 1 where name = ?",
        mine);
    await(() -> "other-it".equals(standings.get(mine).node()));
    theOtherNodeIsGone();
    await(() -> owned(node.id()) == all.length);
  }

  @Test
  void aWorkerThatHasNothingToReadIsMovedOnOnlyByItsOwnerAndOnlyForward() {
    await(() -> standings.here().containsKey("submits-it")); // its token stays as it is
    long to = standings.get("submits-it").position() + 1_000_000;
    long token = token("submits-it");
    String[] name = {"submits-it"};
    rows.advance(name, new Long[] {token - 1}, to);
    rows.advance(name, new Long[] {token}, 0);
    sql.update("update longshore.event_worker set failing_id = 1 where name = 'submits-it'");
    rows.advance(name, new Long[] {token}, to);
    sql.update("update longshore.event_worker set failing_id = null where name = 'submits-it'");
    assertThat(standings.get("submits-it").position()).isLessThan(to);
    WorkerDeclaration declaration = WorkerDeclaration.of(Submits.class, null);
    rows.advance(name, new Long[] {token}, to);
    rows.declare(declaration, Policies.json(declaration.policy())); // as a node does that starts
    assertThat(standings.get("submits-it").position()).isEqualTo(to);
    control.position("submits-it", "now", false, "test");
  }

  private static dev.longshore.log.NewMessage message(String name, String text) {
    return new dev.longshore.log.NewMessage(name, text(text));
  }

  private void stop(String worker) {
    control.stop(worker, "test");
    await(() -> owner(worker) == null);
  }

  /** As if a node had died in the middle of a chunk of it. */
  private void ghostRuns(String worker) {
    sql.update(
        """
        insert into longshore.job_execution
            (instance_id, worker, worker_run, job_name, job_xml, status)
        select job_instance, 'ghost-it', 1, 'event-worker', 'event-worker', 'STARTED'
        from longshore.event_worker where name = ?
        """,
        worker);
  }

  /** As if nodes had died of a message. */
  private void lost(String worker, long message, int times) {
    sql.update(
        "update longshore.event_worker set suspect_id = ?, losses = ? where name = ?",
        message,
        times,
        worker);
  }

  private void otherNodeLives() {
    sql.update(
        """
        insert into longshore.worker as w
            (id, run, host, pid, version, state, lease_until, long_slots, quick_slots)
        values ('other-it', 1, 'nowhere', 0, 'test', 'active', clock_timestamp() + '1 hour', 0, 0)
        on conflict (id) do update set state = 'active', lease_until = excluded.lease_until
        """);
  }

  private void give(String... workers) {
    sql.update(
        """
        update longshore.event_worker set owner = 'other-it', owner_run = 1,
            token = nextval('longshore.event_worker_token')
        where name = any(?)
        """,
        (Object) workers);
  }

  private String owner(String worker) {
    return sql.first(
            "select coalesce(owner, '') from longshore.event_worker where name = ?",
            row -> row.getString(1),
            worker)
        .filter(owner -> !owner.isEmpty())
        .orElse(null);
  }

  private long token(String worker) {
    return sql.first(
            "select token from longshore.event_worker where name = ?",
            row -> row.getLong(1),
            worker)
        .orElseThrow();
  }

  private int asked(String by) {
    return count("select count(*) from longshore.event_worker where asked_by = ?", by);
  }

  private int owned(String by) {
    return count("select count(*) from longshore.event_worker where owner = ?", by);
  }

  private int count(String query, String node) {
    return sql.first(query, row -> row.getInt(1), node).orElseThrow();
  }
}
