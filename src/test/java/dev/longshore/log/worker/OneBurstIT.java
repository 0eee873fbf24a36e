package dev.longshore.log.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.engine.batch.ClaimLost;
import dev.longshore.log.Message;
import dev.longshore.task.Payloads;
import jakarta.annotation.Resource;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.transaction.UserTransaction;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;

/** A worker is called once at a time, and who does not own it any more writes nothing of it. */
class OneBurstIT extends WorkerTestSupport {

  private static final String ONCE = "once-it";

  @Inject private WriteChunk write;
  @Inject private EventWorkers workers;
  @Inject private Dispatcher dispatcher;
  @Inject private Tail tail;
  @Inject private Payloads payloads;

  @Resource(lookup = "java:comp/UserTransaction")
  private UserTransaction transaction;

  @Deployment
  static WebArchive archive() {
    return archive(OneBurstIT.class, Once.class, Seen.class, Warnings.class);
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
      MOST.accumulateAndGet(UNDER_WAY.incrementAndGet(), Math::max);
      seen.calls++;
      UNDER_WAY.decrementAndGet();
    }
  }

  /** What the platform warns of meanwhile. */
  static final class Warnings extends Handler implements AutoCloseable {
    final List<String> said = new CopyOnWriteArrayList<>();
    private final Logger logger;

    Warnings(Class<?> of) {
      logger = Logger.getLogger(of.getName());
      logger.addHandler(this);
    }

    @Override
    public void publish(LogRecord record) {
      if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
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

  private static Item item(Item.Kind kind, Item.Outcome outcome, long letter) {
    JsonObject none = JsonObject.EMPTY_JSON_OBJECT;
    Message message = new Message(1, "once-it/go", none, none, OffsetDateTime.now());
    Item item = new Item(kind, message, letter, 1);
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

  private long number(String query) {
    return sql.first(query, row -> row.getLong(1), ONCE).orElseThrow();
  }
}
