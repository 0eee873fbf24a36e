package dev.longshore.log.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.ibm.websphere.logging.hpel.LogRecordContext;
import dev.longshore.engine.batch.ClaimLost;
import dev.longshore.log.Message;
import dev.longshore.task.Payloads;
import jakarta.annotation.Resource;
import jakarta.enterprise.inject.Vetoed;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.transaction.UserTransaction;
import java.sql.Connection;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;

/**
 * A worker is called once at a time, and who does not own it any more writes nothing of it; where
 * it begins, when its periodic run comes next, and what the log says of it.
 */
class OneBurstIT extends WorkerTestSupport {

  private static final String ONCE = "once-it";

  @Inject private WriteChunk write;
  @Inject private WorkerRows rows;
  @Inject private EventWorkers workers;
  @Inject private Dispatcher dispatcher;
  @Inject private Tail tail;
  @Inject private Unread unread;
  @Inject private Payloads payloads;

  @Resource(lookup = "java:comp/UserTransaction")
  private UserTransaction transaction;

  @Deployment
  static WebArchive archive() {
    return archive(
        OneBurstIT.class,
        Once.class,
        Seen.class,
        Warnings.class,
        FromTheBeginning.class,
        FromNow.class,
        FromAnId.class,
        FromBeyond.class,
        Large.class);
  }

  public static class Seen {
    public int calls;
  }

  /** Its first periodic run goes on until the test lets it. */
  @EventWorker(name = ONCE, description = "Is called once at a time.", state = Seen.class)
  public static class Once {
    static final AtomicInteger UNDER_WAY = new AtomicInteger();
    static final AtomicInteger MOST = new AtomicInteger();
    static final CountDownLatch BEGUN = new CountDownLatch(1);
    static final CountDownLatch GO_ON = new CountDownLatch(1);

    @Periodically(every = "PT1H", timeLimit = "PT1M")
    void tick(Seen seen) throws InterruptedException {
      MOST.accumulateAndGet(UNDER_WAY.incrementAndGet(), Math::max);
      BEGUN.countDown();
      GO_ON.await();
      seen.calls++;
      UNDER_WAY.decrementAndGet();
    }

    @OnMessage("once-it/go")
    void go(JsonObject payload, Seen seen) {
      if (payload.getString("text").equals("hopeless")) {
        throw new SetAside("It says so.\nAt length.");
      }
      MOST.accumulateAndGet(UNDER_WAY.incrementAndGet(), Math::max);
      seen.calls++;
      UNDER_WAY.decrementAndGet();
    }
  }

  @Vetoed // nobody runs it
  @EventWorker(name = "starts-it", description = "Begins at the beginning.")
  public static class FromTheBeginning {
    @OnMessage("starts-it/go")
    void go() {}
  }

  @Vetoed
  @EventWorker(name = "starts-it", description = "Begins now.", start = "now")
  public static class FromNow {
    @OnMessage("starts-it/go")
    void go() {}
  }

  @Vetoed
  @EventWorker(name = "starts-it", description = "Begins at a message.", start = "2")
  public static class FromAnId {
    @OnMessage("starts-it/go")
    void go() {}
  }

  @Vetoed
  @EventWorker(name = "starts-it", description = "Begins beyond the log.", start = "1000000000")
  public static class FromBeyond {
    @OnMessage("starts-it/go")
    void go() {}
  }

  @Vetoed
  @EventWorker(name = "large-it", description = "Is sent large messages.")
  public static class Large {
    @OnMessage({"large-it/one", "large-it/other"})
    void go() {}
  }

  /** What the platform warns of meanwhile. */
  static final class Warnings extends Handler implements AutoCloseable {
    final List<String> said = new CopyOnWriteArrayList<>();
    final List<Map<String, String>> fields = new CopyOnWriteArrayList<>();
    private final Logger logger;

    Warnings(Class<?> of) {
      logger = Logger.getLogger(of.getName());
      logger.addHandler(this);
    }

    @Override
    public void publish(LogRecord record) {
      if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
        Map<String, String> now = new HashMap<>();
        LogRecordContext.getExtensions(now);
        fields.add(now);
        said.add(record.getMessage() + " " + Arrays.toString(record.getParameters()));
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
      logger.removeHandler(this);
    }
  }

  @Test
  void messagesThatComeDuringAPeriodicRunWaitForItsEnd() {
    stop();
    sql.update(
        "update longshore.event_worker set periodic_at = clock_timestamp() where name = ?", ONCE);
    try (Warnings warnings = new Warnings(RunBurst.class)) {
      control.start(ONCE, "test");
      await(() -> Once.BEGUN.getCount() == 0);
      long id = log.append("once-it/go", text("x"));
      await(() -> tail.told() >= id); // and the worker was woken
      Once.GO_ON.countDown();
      await(() -> standings.get(ONCE).position() >= id && !consumer().isBusy());
      assertThat(Once.MOST).hasValue(1);
      assertThat(warnings.said).isEmpty(); // nor was a second run tried, and refused
    }
    assertThat(state(ONCE)).isEqualTo("{\"calls\": 2}");
  }

  @Test
  void whoDoesNotOwnAWorkerAnyMoreWritesNothingOfIt() throws Exception {
    stop();
    long token = number("select token from longshore.event_worker where name = ?");
    long letter =
        number(
            """
            insert into longshore.dead_letter
                (worker, message_id, name, payload, metadata, created_at, error, attempts)
            values (?, 1, 'once-it/go', '{}', '{}', clock_timestamp(), '', 1) returning id
            """);
    List<String> written = new ArrayList<>();
    for (Item.Kind kind : Item.Kind.values()) {
      for (Item.Outcome outcome : Item.Outcome.values()) {
        String what = kind + " " + outcome;
        Item item = item(kind, outcome, letter);
        try {
          change(token - 1, item);
          written.add(what);
        } catch (ClaimLost e) {
          // As it should be.
        }
        assertThat(change(token, item)).as(what + ", by its owner").isTrue();
      }
    }
    assertThat(written).isEmpty();
    control.start(ONCE, "test");
  }

  @Test
  void aWorkerThatHasRecoveredIsHealthyThoughThereIsNothingToRead() {
    control.start(ONCE, "test");
    await(
        () ->
            consumer().isMine()
                && !consumer().isBusy()
                && consumer().token()
                    == number("select token from longshore.event_worker where name = ?"));
    consumer().vitals().brokeDown("as the test says");
    await(
        () -> {
          consumer().wakeUp();
          return consumer().vitals().health().status() == Health.Status.HEALTHY;
        });
  }

  /** Where it begins, and up to where it is a replay, while a message is still to come. */
  @Test
  void aNewWorkerBeginsWhereItIsDeclaredTo() throws Exception {
    for (int n = 0; n < 3; n++) {
      log.append("starts-it/go", text("x"));
    }
    try (Connection open = aside.getConnection();
        Statement statement = open.createStatement()) {
      open.setAutoCommit(false);
      statement.execute("select longshore.append('starts-it/go', '{}')");
      log.append("starts-it/go", text("x"));
      long last = first("select longshore.last_message()");
      long readable = first("select longshore.readable_messages()");
      assertThat(readable).isLessThan(last);
      assertThat(declared(FromTheBeginning.class)).containsExactly(0L, last);
      assertThat(declared(FromNow.class)).containsExactly(readable, readable);
      assertThat(declared(FromAnId.class)).containsExactly(1L, last);
      open.rollback();
    }
  }

  /** What is appended until the log has come there would be passed over without a word. */
  @Test
  void aWorkerThatIsToBeginBeyondTheLogBeginsAtItsEnd() {
    long last = log.append("starts-it/go", text("x"));
    assertThat(declared(FromBeyond.class)).containsExactly(last, last);
  }

  /** A node has some hundred megabytes, and reads for many workers at once. */
  @Test
  void aPageHoldsNoMoreThanSomeBytesHoweverManyMessagesThatAre() {
    long before = log.readable();
    JsonObject large = text("x".repeat(300_000)); // some kilobytes, as PostgreSQL keeps it
    List<Long> ids = new ArrayList<>();
    for (int n = 0; n < 5; n++) {
      ids.add(log.append(n % 2 == 0 ? "large-it/one" : "large-it/other", large));
    }
    long last = // larger than a page, and than what may be appended
        sql.first(
                """
                insert into longshore.message (name, payload)
                values ('large-it/one', jsonb_build_object('text', repeat('y', 1500000))) returning id
                """,
                row -> row.getLong(1))
            .orElseThrow();
    ids.add(last);
    WorkerDeclaration worker = WorkerDeclaration.of(Large.class, null);
    List<Long> read = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    long after = before;
    Unread.Page page;
    do {
      page = unread.page(worker, after, last);
      page.messages().forEach(message -> read.add(message.id()));
      sizes.add(page.messages().size());
      after = read.get(read.size() - 1);
    } while (!page.all());
    assertThat(read).isEqualTo(ids);
    assertThat(sizes).containsExactly(4, 2, 0); // and then it is known that there are no more
  }

  /** Its call is not cut short, and nothing is done twice. */
  @Test
  void whoIsStartedAndRunsWellIsLeftAlone() {
    control.start(ONCE, "test");
    await(() -> consumer().isMine());
    long token = number("select token from longshore.event_worker where name = ?");
    control.start(ONCE, "test");
    control.resume(ONCE, "test");
    assertThat(number("select token from longshore.event_worker where name = ?")).isEqualTo(token);
    sql.update(
        """
        update longshore.event_worker set failing_id = 1, retry_at = clock_timestamp() + '1 hour'
        where name = ?
        """,
        ONCE);
    control.resume(ONCE, "test"); // has it try at once
    assertThat(number("select token from longshore.event_worker where name = ?"))
        .isGreaterThan(token);
    sql.update("update longshore.event_worker set failing_id = null where name = ?", ONCE);
  }

  @Test
  void aMessageThatFailedIsTriedAgainAfterOneTwoFourSecondsAndSoOn() throws Exception {
    stop();
    long token = number("select token from longshore.event_worker where name = ?");
    List<Long> seconds = new ArrayList<>();
    for (int attempt = 1; attempt <= 7; attempt++) {
      transaction.begin();
      try {
        Item item = new Item(Item.Kind.MESSAGE, message(), 0, attempt);
        item.failed(Item.Outcome.FAILED, "why", 1);
        write.write(burst(token), List.of(item));
        seconds.add(
            number(
                "select round(extract(epoch from retry_at - clock_timestamp()))"
                    + " from longshore.event_worker where name = ?"));
      } finally {
        transaction.rollback();
      }
    }
    control.start(ONCE, "test");
    assertThat(seconds).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
  }

  /** Its position, and up to where it is a replay. */
  private List<Long> declared(Class<?> worker) {
    try {
      rows.declare(WorkerDeclaration.of(worker, null), "{}");
      return Stream.of("position", "replay_until")
          .map(
              what ->
                  first("select " + what + " from longshore.event_worker where name = 'starts-it'"))
          .toList();
    } finally {
      sql.update("delete from longshore.event_worker where name = 'starts-it'");
    }
  }

  @Test
  void aPeriodicRunComesSoonerOrLaterByItsJitter() throws Exception {
    stop();
    long token = number("select token from longshore.event_worker where name = ?");
    List<Long> minutes = new ArrayList<>();
    for (int n = 0; n < 60; n++) {
      transaction.begin();
      try {
        write.write(burst(token), List.of(item(Item.Kind.PERIODIC, Item.Outcome.DONE, 0)));
        minutes.add(
            number(
                "select round(extract(epoch from periodic_at - clock_timestamp()) / 60)"
                    + " from longshore.event_worker where name = ?"));
      } finally {
        transaction.rollback();
      }
    }
    control.start(ONCE, "test");
    assertThat(minutes).allMatch(m -> m >= 54 && m <= 66).anyMatch(m -> m < 60);
    assertThat(minutes).anyMatch(m -> m > 60);
  }

  @Test
  void theLogSaysWhichMessageFailedAndWhy() {
    try (Warnings warnings = new Warnings(EventWorker.class)) {
      long id = log.append("once-it/go", text("hopeless"));
      await(() -> !warnings.said.isEmpty());
      assertThat(warnings.said)
          .singleElement()
          .asString()
          .matches(
              "set aside: worker=once-it message="
                  + id
                  + " name=once-it/go attempt=1 ms=\\d+ error=It says so\\. null");
      assertThat(warnings.fields.get(0))
          .containsEntry("worker", ONCE)
          .containsEntry("message", Long.toString(id))
          .containsEntry("name", "once-it/go")
          .containsEntry("attempt", "1")
          .containsEntry("error", "It says so.")
          .containsKey("ms");
    }
  }

  private static Message message() {
    JsonObject none = JsonObject.EMPTY_JSON_OBJECT;
    return new Message(1, "once-it/go", none, none, OffsetDateTime.now());
  }

  private static Item item(Item.Kind kind, Item.Outcome outcome, long letter) {
    Item item = new Item(kind, message(), letter, 1);
    if (outcome == Item.Outcome.DONE) {
      item.done(1);
    } else {
      item.failed(outcome, "why", 1);
    }
    return item;
  }

  /** Whether that writes anything; it is rolled back. */
  private boolean change(long token, Item item) throws Exception {
    transaction.begin();
    try {
      String before = everything();
      write.write(burst(token), List.of(item));
      return !everything().equals(before);
    } finally {
      transaction.rollback();
    }
  }

  private void stop() {
    control.stop(ONCE, "test");
    await(
        () ->
            number("select count(owner) from longshore.event_worker where name = ?") == 0
                && !consumer().isBusy());
  }

  private Consumer consumer() {
    return dispatcher.all().stream().filter(c -> c.name().equals(ONCE)).findFirst().orElseThrow();
  }

  /** What a node has begun that owned the worker under that token. */
  private Burst burst(long token) {
    Consumer consumer =
        new Consumer(
            workers.all().stream()
                .filter(w -> w.declaration().name().equals(ONCE))
                .findFirst()
                .orElseThrow(),
            c -> {});
    return new Burst(
        consumer,
        new WorkerRows.Beginning(
            0, 0, null, token, 0, null, 0, null, null, false, false, null, "running"),
        payloads);
  }

  private String everything() {
    return sql.first(
            """
            select string_agg(e::text, '') || coalesce((
                select string_agg(d::text, '' order by d.id) from longshore.dead_letter d), '')
            from longshore.event_worker e where name = ?
            """,
            row -> row.getString(1),
            ONCE)
        .orElseThrow();
  }

  private long first(String query) {
    return sql.first(query, row -> row.getLong(1)).orElseThrow();
  }

  private long number(String query) {
    return sql.first(query, row -> row.getLong(1), ONCE).orElseThrow();
  }
}
