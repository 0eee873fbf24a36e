package dev.longshore.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.longshore.db.DatabaseException;
import dev.longshore.db.Sql;
import dev.longshore.problem.InvalidInput;
import dev.longshore.problem.TooLarge;
import dev.longshore.problem.Violation;
import dev.longshore.story.Archives;
import jakarta.annotation.Resource;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.text.MessageFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What the log refuses from Java code, whom it shows what, and what goes from it by itself. */
@ExtendWith(ArquillianExtension.class)
@Execution(ExecutionMode.SAME_THREAD)
class MessageLogIT {

  private static final int LIMIT = 300;
  private static final JsonObject SMALL = payload(10);
  private static final JsonObject LARGE = payload(LIMIT + 1);

  @Inject private MessageLog log;
  @Inject private Sql sql;

  @Resource(lookup = "jdbc/longshore-wake")
  private DataSource aside;

  @Deployment
  static WebArchive archive() {
    return Archives.longshore()
        .addClasses(Archives.class, MessageLogIT.class, Said.class)
        .addAsResource(
            new StringAsset(
                """
                longshore.payload.limit=%d
                longshore.log.retention=P30D
                longshore.log.retention-interval=PT0.2S
                """
                    .formatted(LIMIT)),
            "META-INF/microprofile-config.properties");
  }

  @Test
  void aNameThatIsNoPathIsRefused() {
    for (String name : new String[] {"", null}) {
      assertThatThrownBy(() -> log.append(name, SMALL))
          .isInstanceOf(InvalidInput.class)
          .hasMessage("name is missing; a path such as post/create is expected.");
    }
    for (String name : List.of("a//b", "/a", "a/", "a b", "ä", "a".repeat(201))) {
      assertThatThrownBy(() -> log.append(name, SMALL, SMALL))
          .isInstanceOf(InvalidInput.class)
          .hasMessageStartingWith("name must be a path");
    }
    assertThat(log.append("a".repeat(200), SMALL)).isPositive();
  }

  @Test
  void aPayloadOrMetadataThatIsTooLongIsRefused() {
    assertThatThrownBy(() -> log.append("message-log-it/long", LARGE))
        .asInstanceOf(type(TooLarge.class))
        .satisfies(e -> assertThat(e.field()).isEqualTo("payload"))
        .satisfies(e -> assertThat(e).hasMessageContaining("the 300 bytes that longshore.payload"));
    assertThatThrownBy(() -> log.append("message-log-it/long", SMALL, LARGE))
        .asInstanceOf(type(TooLarge.class))
        .satisfies(e -> assertThat(e.field()).isEqualTo("metadata"));
    // Bytes count, not characters.
    JsonObject wide = Json.createObjectBuilder().add("a", "€".repeat(LIMIT / 3)).build();
    assertThatThrownBy(() -> log.append("message-log-it/long", wide)).isInstanceOf(TooLarge.class);
    log.append("message-log-it/long", payload(LIMIT), payload(LIMIT));
    assertThat(names("message-log-it/long")).isEqualTo(1);
  }

  /** By the limit of the node that was started last; PostgreSQL writes a blank behind the colon. */
  @Test
  void whatIsTooLongIsRefusedBySqlAsWell() {
    String small = "'" + payload(LIMIT - 1) + "'::jsonb";
    String large = "'" + payload(LIMIT) + "'::jsonb";
    String why = "of 301 bytes, and longshore.payload.limit allows 300: nothing was appended.";
    refusedAsTooLong(
        "append('message-log-it/sql', " + large + ")",
        "The message \"message-log-it/sql\" has a payload " + why);
    refusedAsTooLong(
        "append('message-log-it/sql', " + small + ", " + large + ")",
        "The message \"message-log-it/sql\" has a metadata " + why);
    String many =
        "append_many(jsonb_build_array('{\"name\":\"message-log-it/sql\"}'::jsonb,"
            + " jsonb_build_object('name', 'message-log-it/sql', '%s', %s)))";
    refusedAsTooLong(
        many.formatted("payload", large), "The message at index 1 has a payload " + why);
    refusedAsTooLong(
        many.formatted("metadata", large), "The message at index 1 has a metadata " + why);
    assertThat(names("message-log-it/sql")).isZero();

    sql.first(
        "select longshore.append('message-log-it/sql', " + small + ", " + small + ")", row -> true);
    sql.first("select longshore." + many.formatted("payload", small), row -> true);
    assertThat(names("message-log-it/sql")).isEqualTo(3);
  }

  private void refusedAsTooLong(String call, String message) {
    assertThatThrownBy(() -> sql.first("select longshore." + call, row -> true))
        .asInstanceOf(type(DatabaseException.class))
        .satisfies(e -> assertThat(e.sqlState()).isEqualTo("54000"))
        .satisfies(e -> assertThat(e).hasMessageContaining(message))
        .satisfies(e -> assertThat(e).hasMessageContaining("LONGSHORE_PAYLOAD_LIMIT"));
  }

  @Test
  void oneOfManyThatDoesNotFitRefusesAllAndIsNamed() {
    List<NewMessage> many = new ArrayList<>();
    for (int n = 0; n < 600; n++) { // more than a statement takes
      many.add(new NewMessage("message-log-it/many", SMALL));
    }
    many.add(new NewMessage("many//", SMALL));
    assertThatThrownBy(() -> log.append(many))
        .asInstanceOf(type(InvalidInput.class))
        .satisfies(e -> assertThat(e.position()).isEqualTo(OptionalLong.of(600)))
        .satisfies(e -> assertThat(e.violations()).extracting(Violation::field).contains("name"));
    many.set(600, new NewMessage("message-log-it/many", null, LARGE));
    assertThatThrownBy(() -> log.append(many))
        .asInstanceOf(type(TooLarge.class))
        .satisfies(e -> assertThat(e.position()).isEqualTo(600))
        .satisfies(e -> assertThat(e.field()).isEqualTo("metadata"));
    assertThat(names("message-log-it/many")).isZero();
    many.set(600, new NewMessage("message-log-it/many", null));
    assertThat(log.append(many)).isEqualTo(601);
    assertThat(names("message-log-it/many")).isEqualTo(601);
  }

  @Test
  void aPayloadThatIsNoObjectIsRefused() {
    assertThatThrownBy(() -> log.append("message-log-it/list", List.of(1, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("JSON-B makes none of a java.util.ImmutableCollections");
    Object nothing = null;
    assertThatThrownBy(() -> log.append("message-log-it/list", nothing))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("JSON-B makes none of null");
    assertThat(names("message-log-it/list")).isZero();
  }

  @Test
  void nobodyIsShownAMessageBeforeThoseThatMayStillComeInFrontOfIt() throws Exception {
    long late;
    try (Connection open = aside.getConnection();
        Statement statement = open.createStatement()) {
      open.setAutoCommit(false);
      statement.execute("select longshore.append('message-log-it/early', '{}')");
      late = log.append("message-log-it/late", SMALL);
      assertThat(log.find(late)).isEmpty();
      open.rollback();
    }
    assertThat(log.find(late)).isPresent();
  }

  /** Who looks at the sequence before the locks may find one that was taken in between. */
  @Test
  void anAppenderThatBeginsWhileSomebodyLooksHidesNothing() throws Exception {
    long last = log.append("message-log-it/looked-at", SMALL);
    try (Connection open = aside.getConnection();
        Statement statement = open.createStatement()) {
      open.setAutoCommit(false);
      statement.execute(
          "select pg_advisory_xact_lock_shared(1819240301,"
              + " (longshore.last_message() + 1)::bit(32)::int)");
      assertThat(log.readable()).isEqualTo(last);
      open.rollback();
    }
  }

  @Test
  void oldMessagesGoByThemselvesAndWhatARoundDidNotDoTheNextOneDoes() throws SQLException {
    // In front of where any worker can be.
    int old = 2 * Retention.SLICE + 1;
    try (Said said = new Said(RetentionTimer.class)) {
      sql.update("alter function longshore.retain_messages(interval, int) rename to retained");
      try {
        await(() -> said.any("Old messages were not deleted"));
        withoutTheTrigger(
            """
            insert into longshore.message (id, name, created_at) overriding system value
            select -n, 'message-log-it/old', clock_timestamp() - interval '31 days'
            from generate_series(1, %d) n
            """
                .formatted(old));
        assertThat(names("message-log-it/old")).isEqualTo(old);
      } finally {
        sql.update("alter function longshore.retained(interval, int) rename to retain_messages");
      }
      // All in one round, although a transaction deletes only so many.
      await(() -> said.any(old + " messages older than PT720H are deleted"));
    }
    assertThat(names("message-log-it/old")).isZero();
  }

  /** It deletes with its owner's rights, which whoever may append has not. */
  @Test
  void whoMayAppendMayNotDelete() {
    assertThat(
            sql.first(
                "select has_function_privilege('public', p.oid, 'execute') from pg_proc p"
                    + " where p.oid = 'longshore.retain_messages(interval, int)'::regprocedure",
                row -> row.getBoolean(1)))
        .contains(false);
  }

  /** The mark is a setting that everybody may set; who deletes has to be the table's owner, too. */
  @Test
  void whoForgesTheMarkOfRetentionDeletesNothing() throws Exception {
    long id = log.append("message-log-it/kept", SMALL);
    try (Connection open = aside.getConnection();
        Statement statement = open.createStatement()) {
      open.setAutoCommit(false);
      statement.execute("create role forger");
      statement.execute("grant usage on schema longshore to forger");
      statement.execute("grant select, insert, delete on longshore.message to forger");
      statement.execute("grant select on longshore.message_id_seq to forger");
      statement.execute("set local role forger");
      statement.execute("select longshore.append('message-log-it/of-another', '{}')"); // as he may
      statement.execute(
          "select set_config('longshore.retention', pg_current_xact_id()::text, true)");
      assertThatThrownBy(() -> statement.execute("delete from longshore.message where id = " + id))
          .hasMessageContaining("append-only");
      open.rollback();
    }
    assertThat(log.find(id)).isPresent();
  }

  /** A session that applies a replica's changes runs no ordinary triggers. */
  @Test
  void whatAReplicaMayDoIsRefusedToo() throws Exception {
    long id = log.append("message-log-it/kept", SMALL);
    try (Connection open = aside.getConnection();
        Statement statement = open.createStatement()) {
      open.setAutoCommit(false);
      statement.execute("set local session_replication_role = replica");
      assertThatThrownBy(() -> statement.execute("delete from longshore.message where id = " + id))
          .hasMessageContaining("append-only");
      open.rollback();
    }
    assertThat(log.find(id)).isPresent();
  }

  /** Readers have passed it: nobody would ever see it. */
  @Test
  void noMessageIsPutBehindThoseThatWereRead() {
    long id = log.append("message-log-it/kept", SMALL);
    assertThatThrownBy(
            () ->
                sql.update(
                    "insert into longshore.message (id, name) overriding system value values (?, ?)",
                    id - 1_000_000,
                    "message-log-it/behind"))
        .hasMessageContaining("behind what was read");
    assertThat(names("message-log-it/behind")).isZero();
  }

  /** What a class of the platform logs meanwhile. */
  static final class Said extends Handler implements AutoCloseable {
    final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger logger;

    Said(Class<?> of) {
      logger = Logger.getLogger(of.getName());
      logger.addHandler(this);
    }

    @Override
    public void publish(LogRecord record) {
      lines.add(MessageFormat.format(record.getMessage(), record.getParameters()));
    }

    boolean any(String text) {
      return lines.stream().anyMatch(line -> line.contains(text));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
      logger.removeHandler(this);
    }
  }

  /** As the table's owner may. */
  private void withoutTheTrigger(String insert) throws SQLException {
    try (Connection open = aside.getConnection();
        Statement statement = open.createStatement()) {
      open.setAutoCommit(false);
      statement.execute("alter table longshore.message disable trigger in_order");
      statement.execute(insert);
      statement.execute("alter table longshore.message enable always trigger in_order");
      open.commit();
      open.setAutoCommit(true);
    }
  }

  private long names(String name) {
    return sql.first(
            "select count(*) from longshore.message where name = ?", row -> row.getLong(1), name)
        .orElseThrow();
  }

  /** A JSON object of so many bytes. */
  private static JsonObject payload(int bytes) {
    return Json.createObjectBuilder().add("a", "x".repeat(bytes - "{\"a\":\"\"}".length())).build();
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofMillis(20))
        .until(condition);
  }
}
