package dev.longshore.log.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.db.Sql;
import dev.longshore.log.Message;
import dev.longshore.log.MessageLog;
import dev.longshore.log.NewMessage;
import dev.longshore.problem.InvalidInput;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.validation.constraints.NotBlank;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;

/** What a worker's class may rely on: order, state, retries, dead letters, time limits, replay. */
class EventWorkerIT extends WorkerTestSupport {

  @Deployment
  static WebArchive archive() {
    return archive(
        EventWorkerIT.class,
        Notes.class,
        Note.class,
        Seen.class,
        Halts.class,
        Down.class,
        Slow.class,
        Ticks.class,
        Ticked.class,
        Overdue.class,
        Later.class);
  }

  public record Note(@NotBlank String text) {}

  public static class Seen {
    public List<String> texts = new ArrayList<>();
    public int replayed;
    public Object odd;
  }

  /** Writes what it is told, and does what it is told. */
  @EventWorker(name = "notes-it", description = "Writes notes.", state = Seen.class, attempts = 2)
  public static class Notes {
    static final AtomicInteger CALLS = new AtomicInteger();

    @Inject private Sql sql;
    @Inject private MessageLog log;

    @OnMessage("notes-it/write")
    void write(Note note, Seen seen, WorkerContext context, Message message) {
      CALLS.incrementAndGet();
      seen.texts.add(note.text());
      seen.replayed += context.isReplay() ? 1 : 0;
      sql.update("insert into worker_it (worker, text) values ('notes-it', ?)", note.text());
      log.append("notes-it/written", Json.createObjectBuilder().add("of", message.id()).build());
      if (note.text().startsWith("bad")) {
        throw new IllegalStateException("as asked");
      }
      if (note.text().startsWith("once-bad") && context.attempt() == 1) {
        throw new IllegalStateException("once");
      }
      if (note.text().startsWith("hopeless")) {
        throw new SetAside("It says\0so.");
      }
      if (note.text().equals("refused")) {
        throw new SetAside("It is refused.", InvalidInput.unfit("text", "is not wanted."));
      }
      if (note.text().equals("nul")) {
        seen.texts.add("\0");
      }
      if (note.text().equals("odd")) {
        seen.odd = seen;
      }
      if (note.text().equals("swallow")) {
        try {
          sql.update("select 1 / 0");
        } catch (RuntimeException e) {
          // the transaction is lost all the same
        }
      }
    }
  }

  @EventWorker(
      name = "halts-it",
      description = "Halts.",
      attempts = 1,
      whenExhausted = WhenExhausted.HALT)
  @ApplicationScoped
  public static class Halts {
    static volatile boolean broken = true;

    @Inject private Sql sql;

    @OnMessage("halts-it/go")
    public void go(JsonObject payload) {
      if (broken) {
        throw new IllegalStateException("broken");
      }
      sql.update(
          "insert into worker_it (worker, text) values ('halts-it', ?)", payload.getString("text"));
    }
  }

  @EventWorker(name = "down-it", description = "Needs a service.", attempts = 1, start = "now")
  public static class Down {
    static volatile boolean down = true;

    @Inject private Sql sql;

    @OnMessage("down-it/go")
    void go(Note note) {
      if (down) {
        throw new ServiceDown("The service answers 503.");
      }
      sql.update("insert into worker_it (worker, text) values ('down-it', ?)", note.text());
    }
  }

  @EventWorker(name = "slow-it", description = "Is slow.", attempts = 1, timeLimit = "PT0.3S")
  public static class Slow {
    @OnMessage("slow-it/go")
    void go(Note note) throws InterruptedException {
      if (note.text().equals("slow")) {
        Thread.sleep(60_000);
      }
    }
  }

  public record Ticked(int times) {}

  @EventWorker(name = "ticks-it", description = "Runs now and then.", state = Ticked.class)
  public static class Ticks {
    static final AtomicInteger UNDER_WAY = new AtomicInteger();
    static volatile boolean overlapped;

    /** It takes longer than the time to its next run. */
    @Periodically(every = "PT0.05S", timeLimit = "PT1S")
    Ticked tick(Ticked ticked, WorkerContext context) throws InterruptedException {
      overlapped |= UNDER_WAY.incrementAndGet() > 1;
      assertThat(context.isReplay()).isFalse();
      Thread.sleep(120);
      UNDER_WAY.decrementAndGet();
      if (ticked.times() == 2 && context.attempt() == 1 && System.nanoTime() % 2 == 0) {
        throw new IllegalStateException("now and then");
      }
      return new Ticked(ticked.times() + 1);
    }
  }

  /** A message has a minute, a periodic run has not. */
  @EventWorker(name = "overdue-it", description = "Runs for too long.", timeLimit = "PT1M")
  public static class Overdue {
    static volatile boolean interrupted;

    @Periodically(every = "PT0.2S", timeLimit = "PT0.3S")
    void tick() throws InterruptedException {
      try {
        Thread.sleep(60_000);
      } catch (InterruptedException e) {
        interrupted = true;
        throw e;
      }
    }
  }

  @EventWorker(name = "later-it", description = "Begins now.", start = "now")
  public static class Later {
    @OnMessage("later-it/go")
    void go() throws InterruptedException {
      Thread.sleep(2);
    }
  }

  @Test
  void messagesAreHandledInTheirOrderWithStateAndAppendedMessages() {
    control.position("notes-it", "now", true, "test");
    long before = log.readable();
    sql.update("delete from worker_it where worker = 'notes-it'");
    List<NewMessage> messages =
        IntStream.range(0, 700)
            .mapToObj(n -> new NewMessage("notes-it/write", text("n" + n)))
            .toList();
    log.append(messages);
    String[] expected = IntStream.range(0, 700).mapToObj(n -> "n" + n).toArray(String[]::new);
    awaitWritten("notes-it", expected);
    await(() -> log.page("notes-it/written", before, 1000).size() == 700);
    await(() -> state("notes-it").contains("\"n699\""));
    assertThat(
            sql.list(
                "select count(distinct xmin::text) from worker_it where worker = 'notes-it'",
                row -> row.getInt(1)))
        .allMatch(n -> n < 100);
    assertThat(standings.get("notes-it").position())
        .isGreaterThanOrEqualTo(log.page("notes-it/write", before, 1000).get(699).id());
  }

  @Test
  void aMessageThatCommitsLateIsNotSkipped() throws Exception {
    control.position("notes-it", "now", true, "test");
    sql.update("delete from worker_it where worker = 'notes-it'");
    long late;
    try (Connection open = aside.getConnection();
        Statement statement = open.createStatement()) {
      open.setAutoCommit(false);
      try (var row =
          statement.executeQuery(
              "select longshore.append('notes-it/write', '{\"text\": \"late\"}')")) {
        row.next();
        late = row.getLong(1);
      }
      long early = log.append("notes-it/write", text("early"));
      assertThat(early).isGreaterThan(late);
      assertThat(log.readable()).isLessThan(late);
      assertThat(log.page("notes-it/write", late - 1, 10)).isEmpty();
      open.commit();
    }
    awaitWritten("notes-it", "late", "early");
  }

  @Test
  void aTransactionThatHasOnlyWrittenHoldsNobodyUp() throws Exception {
    try (Connection open = aside.getConnection();
        Statement statement = open.createStatement()) {
      open.setAutoCommit(false);
      statement.execute("insert into worker_it (worker, text) values ('nobody', '')");
      long id = log.append("notes-it/other", text("x"));
      assertThat(log.readable()).isGreaterThanOrEqualTo(id);
      open.rollback();
    }
  }

  @Test
  void onlyTheBadMessageIsSetAsideAndWhatItWroteIsGone() {
    control.position("notes-it", "now", true, "test");
    long before = log.readable();
    sql.update("delete from worker_it where worker = 'notes-it'");
    sql.update("delete from longshore.dead_letter where worker = 'notes-it'");
    log.append(
        List.of(
            new NewMessage("notes-it/write", text("one")),
            new NewMessage("notes-it/write", text("")),
            new NewMessage("notes-it/write", text("bad")),
            new NewMessage("notes-it/write", text("two")),
            new NewMessage("notes-it/write", text("once-bad")),
            new NewMessage("notes-it/write", text("hopeless")),
            new NewMessage("notes-it/write", text("swallow")),
            new NewMessage("notes-it/write", text("refused")),
            new NewMessage("notes-it/write", text("nul")),
            new NewMessage("notes-it/write", text("odd")),
            new NewMessage("notes-it/write", text("three"))));
    awaitWritten("notes-it", "one", "two", "once-bad", "three");
    await(() -> deadLetters.page("notes-it", 0, 10).size() == 7);
    assertThat(deadLetters.page("notes-it", 0, 10))
        .extracting(DeadLetter::error)
        .satisfiesExactly(
            unfit -> assertThat(unfit).contains("payload.text must not be blank"),
            bad -> assertThat(bad).isEqualTo("java.lang.IllegalStateException: as asked"),
            hopeless -> assertThat(hopeless).isEqualTo("It says\uFFFDso."),
            swallow -> assertThat(swallow).contains("swallowed"),
            refused -> assertThat(refused).isEqualTo("It is refused."),
            nul -> assertThat(nul).contains("cannot be stored"),
            odd -> assertThat(odd).contains("cannot be written as JSON"));
    assertThat(deadLetters.page("notes-it", 0, 10))
        .extracting(DeadLetter::attempts)
        .containsExactly(1, 2, 1, 2, 1, 2, 2);
    await(() -> log.page("notes-it/written", before, 100).size() == 4);
    assertThat(state("notes-it")).contains("once-bad").doesNotContain("hopeless", "nul");
  }

  @Test
  void aDeadLetterIsReplayedOrDiscarded() {
    sql.update("delete from longshore.dead_letter where worker = 'notes-it'");
    control.position("notes-it", "now", true, "test");
    sql.update("delete from worker_it where worker = 'notes-it'");
    log.append("notes-it/write", text("bad-1"));
    log.append("notes-it/write", text("bad-2"));
    await(() -> deadLetters.page("notes-it", 0, 10).size() == 2);
    List<DeadLetter> dead = deadLetters.page("notes-it", 0, 10);
    deadLetters.discard("notes-it", dead.get(0).id(), "test");
    sql.update(
        "update longshore.dead_letter set payload = '{\"text\": \"good\"}' where worker = 'notes-it'");
    deadLetters.replay("notes-it", dead.get(1).id(), "test");
    awaitWritten("notes-it", "good");
    await(() -> deadLetters.page("notes-it", 0, 10).isEmpty());
  }

  @Test
  void anOperatorSetsThePositionBackAndTheMessagesComeAsAReplay() {
    control.position("notes-it", "now", true, "test");
    sql.update("delete from worker_it where worker = 'notes-it'");
    long first = log.append("notes-it/write", text("a"));
    log.append("notes-it/write", text("b"));
    awaitWritten("notes-it", "a", "b");
    await(() -> state("notes-it").contains("\"replayed\": 0"));
    control.position("notes-it", Long.toString(first), true, "test");
    awaitWritten("notes-it", "a", "b", "a", "b");
    assertThatThrownBy(
            () -> control.position("notes-it", Long.toString(first + 1_000_000), false, "test"))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("position is beyond the log");
    await(() -> state("notes-it").contains("\"replayed\": 2"));
    log.append("notes-it/write", text("c"));
    awaitWritten("notes-it", "a", "b", "a", "b", "c");
    assertThat(state("notes-it")).contains("\"replayed\": 2");
  }

  @Test
  void aPausedWorkerReadsNothingUntilItIsResumed() {
    control.position("notes-it", "now", true, "test");
    sql.update("delete from worker_it where worker = 'notes-it'");
    control.pause("notes-it", "test");
    await(() -> standings.get("notes-it").status().equals("paused"));
    int calls = Notes.CALLS.get();
    log.append("notes-it/write", text("waits"));
    log.append("later-it/go", text("does not wait"));
    await(() -> standings.get("later-it").lagMessages() == 0);
    assertThat(Notes.CALLS).hasValue(calls);
    control.resume("notes-it", "test");
    awaitWritten("notes-it", "waits");
    control.stop("notes-it", "test");
    await(() -> standings.get("notes-it").node() == null);
    log.append("notes-it/write", text("starts"));
    control.start("notes-it", "test");
    awaitWritten("notes-it", "waits", "starts");
  }

  @Test
  void aWorkerMayHaltInsteadUntilItIsResumedOrTheMessageSetAside() {
    control.position("halts-it", "now", true, "test");
    sql.update("delete from worker_it where worker = 'halts-it'");
    Halts.broken = true;
    log.append("halts-it/go", text("1"));
    log.append("halts-it/go", text("2"));
    await(() -> standings.get("halts-it").status().equals("halted"));
    assertThat(standings.get("halts-it").health().status()).isEqualTo(Health.Status.UNHEALTHY);
    control.setAside("halts-it", "test");
    await(
        () ->
            standings.get("halts-it").status().equals("halted")
                && standings.get("halts-it").deadLetters() == 1);
    Halts.broken = false;
    control.resume("halts-it", "test");
    awaitWritten("halts-it", "2");
    await(() -> standings.get("halts-it").status().equals("running"));
  }

  @Test
  void whileAServiceIsDownTheWorkerWaitsIsDegradedAndRecoversByItself() {
    Down.down = true;
    log.append("down-it/go", text("1"));
    await(() -> standings.get("down-it").status().equals("waiting"));
    assertThat(standings.get("down-it").health().status()).isEqualTo(Health.Status.DEGRADED);
    assertThat(standings.get("down-it").failures()).isZero();
    Down.down = false;
    awaitWritten("down-it", "1");
    assertThat(deadLetters.page("down-it", 0, 10)).isEmpty();
  }

  @Test
  void aHandlerThatIsOutOfTimeIsInterrupted() {
    log.append("slow-it/go", text("slow"));
    log.append("slow-it/go", text("quick"));
    await(() -> standings.get("slow-it").handled() == 1);
    assertThat(deadLetters.page("slow-it", 0, 10))
        .extracting(DeadLetter::error)
        .allMatch(error -> error.startsWith("It took longer than its time limit of PT0.3S"));
  }

  @Test
  void eachHasAnMXBean() throws Exception {
    ObjectName name = new ObjectName("dev.longshore:type=EventWorker,name=later-it");
    MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    await(() -> "running".equals(beans.getAttribute(name, "Status")));
    log.append(Collections.nCopies(30, new NewMessage("later-it/go", text("x"))));
    long last = log.append("later-it/go", text("last"));
    await(() -> (long) beans.getAttribute(name, "Position") >= last);
    await(() -> (double) beans.getAttribute(name, "MessagesPerSecond") > 0);
    await(() -> (double) beans.getAttribute(name, "HandlerMillis") > 0);
    Standing standing = standings.get("later-it");
    assertThat(standing.handled()).isPositive();
    assertThat(beans.getAttribute(name, "Handled")).isEqualTo(standing.handled());
    assertThat(beans.getAttribute(name, "Node")).isEqualTo(standing.node()).isNotNull();
    assertThat(beans.getAttribute(name, "Health")).isEqualTo("healthy");
    assertThat((String[]) beans.getAttribute(name, "Reasons")).isEmpty();
    assertThat(beans.getAttribute(name, "ErrorsPerMinute")).isEqualTo(0L);
    assertThat(beans.getAttribute(name, "LagSeconds")).isEqualTo(0.0);

    beans.invoke(name, "pause", null, null);
    assertThat(standings.get("later-it").status()).isEqualTo("paused");
    log.append(Collections.nCopies(3, new NewMessage("later-it/go", text("waits"))));
    assertThat(beans.getAttribute(name, "LagMessages")).isEqualTo(3L);
    assertThat((double) beans.getAttribute(name, "LagSeconds")).isPositive();
    sql.update(
        """
        insert into longshore.dead_letter
            (worker, message_id, name, payload, metadata, created_at, error, attempts)
        select 'later-it', n, 'later-it/go', '{}', '{}', clock_timestamp(), '', 1
        from generate_series(1, 2) n
        """);
    assertThat(beans.getAttribute(name, "DeadLetters")).isEqualTo(2L);
    sql.update("delete from longshore.dead_letter where worker = 'later-it'");
    sql.update(
        "update longshore.event_worker set failing_id = 7, error = 'it' where name = 'later-it'");
    assertThat(beans.getAttribute(name, "Health")).isEqualTo("degraded");
    assertThat((String[]) beans.getAttribute(name, "Reasons"))
        .containsExactly("It tries message 7 again: it");
    sql.update("update longshore.event_worker set failing_id = null where name = 'later-it'");
    beans.invoke(name, "resume", null, null);
    await(() -> (long) beans.getAttribute(name, "LagMessages") == 0);

    beans.invoke(name, "stop", null, null);
    assertThat(standings.get("later-it").status()).isEqualTo("stopped");
    await(() -> beans.getAttribute(name, "Node") == null);
    beans.invoke(name, "start", null, null);
    await(() -> standing.node().equals(beans.getAttribute(name, "Node")));
    assertThat(standings.get("later-it").status()).isEqualTo("running");
  }

  @Test
  void aPeriodicMethodRunsAgainAndAgainWithTheState() {
    await(() -> state("ticks-it") != null && !state("ticks-it").matches(".*: [0-5]}"));
    assertThat(Ticks.overlapped).isFalse();
  }

  @Test
  void aPeriodicRunHasATimeLimitOfItsOwn() {
    await(() -> Overdue.interrupted);
    await(() -> standings.get("overdue-it").health().status() == Health.Status.UNHEALTHY);
  }

  @Test
  void retentionStopsInFrontOfTheSlowestWorkerAndOfWhatIsYoung() throws Exception {
    for (int n = 0; n < 3; n++) {
      log.append("later-it/kept", text("n" + n));
    }
    List<Message> kept = log.page("later-it/kept", 0, 1000);
    Message slowest = kept.get(kept.size() - 2);
    try (Connection open = aside.getConnection();
        Statement statement = open.createStatement()) {
      open.setAutoCommit(false); // rolled back in the end
      statement.execute("update longshore.event_worker set position = " + Long.MAX_VALUE);
      statement.execute(
          "update longshore.event_worker set position = "
              + slowest.id()
              + " where name = 'later-it'");
      statement.execute("select longshore.retain_messages('1 hour', 1000000)");
      assertThat(count(statement, "where id <= " + slowest.id())).isPositive();
      statement.execute("select longshore.retain_messages('0 hours', 1000000)");
      assertThat(count(statement, "where id <= " + slowest.id())).isZero();
      assertThat(count(statement, "where id > " + slowest.id())).isPositive();
      assertThatThrownBy(() -> statement.execute("delete from longshore.message"))
          .hasMessageContaining("append-only");
      open.rollback();
    }
  }

  private static int count(Statement statement, String where) throws Exception {
    try (var row = statement.executeQuery("select count(*) from longshore.message " + where)) {
      row.next();
      return row.getInt(1);
    }
  }

  @Test
  void theLogIsAppendOnlyForEveryone() {
    long id = log.append("notes-it/other", text("stays"));
    for (String change :
        List.of(
            "update longshore.message set name = 'x' where id = " + id,
            "delete from longshore.message where id = " + id,
            "truncate longshore.message")) {
      assertThatThrownBy(() -> sql.update(change)).hasMessageContaining("append-only");
    }
    assertThat(log.find(id))
        .hasValueSatisfying(m -> assertThat(m.payload()).isEqualTo(text("stays")));
    assertThatThrownBy(() -> log.append("no path/", text("x"))).isInstanceOf(InvalidInput.class);
    assertThatThrownBy(
            () -> sql.first("select longshore.append('no path/', '{}')", row -> row.getLong(1)))
        .hasMessageContaining("nothing was appended");
  }
}
