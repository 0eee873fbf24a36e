package dev.longshore.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.local.Broker;
import dev.longshore.local.Home;
import dev.longshore.local.Installation;
import dev.longshore.local.Node;
import dev.longshore.local.Ports;
import dev.longshore.local.Postgres;
import dev.longshore.local.Servers;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * PostgreSQL and Artemis go and come back under a node that has work: nothing is lost, nothing runs
 * twice, the node says what is missing, and it goes on by itself.
 */
class ServersComeBackIT {

  /** What the product promises after a server's return. */
  private static final Duration PROMISE = Duration.ofSeconds(30);

  private static final int EFFECTS = 300;
  private static final int ITEMS = 60;
  private static final int MESSAGES = 200;

  private static final String MESSAGE = "diagnostic/effect";

  private static final int DATABASE_PORT = Ports.free();
  private static final int BROKER_PORT = Ports.free();
  private static final Installation INSTALLATION = Installation.current();

  @TempDir private static Path directory;

  private static Home home;
  private static Postgres postgres;
  private static Broker broker;
  private static Servers servers;
  private static Node node;
  private static Rest rest;

  private String name;
  private long pipeline;

  @BeforeAll
  static void start() {
    home = new Home(directory.resolve("home")).create();
    NodeJvm.quickAndMeasured(home.path().resolve("liberty"));
    postgres = Postgres.start(INSTALLATION, home, DATABASE_PORT);
    broker = Broker.start(INSTALLATION, home, BROKER_PORT);
    servers =
        new Servers(
            postgres.url(),
            postgres.user(),
            postgres.password(),
            broker.url(),
            broker.user(),
            broker.password());
    node =
        Node.start(
            INSTALLATION,
            home,
            servers,
            Ports.free(),
            Map.of("LONGSHORE_WORKER_ID", "steady", "LONGSHORE_DIAGNOSTICS", "true"));
    node.awaitReady(Duration.ofMinutes(3));
    rest = Rest.of(node, "operator");
  }

  @AfterAll
  static void stop() {
    Coverage.ask();
    node.kill();
    broker.close();
    postgres.close();
  }

  /** Quick tasks, a pipeline and an event worker, under way when the server goes. */
  @BeforeEach
  void submit(TestInfo test) {
    name = test.getTestMethod().orElseThrow().getName();
    pipeline = rest.submit("steps", "{\"items\":%d,\"millis\":50}".formatted(ITEMS));
    await().atMost(PROMISE).until(() -> number(items()) > 0);
    submitEffects();
    append(MESSAGES);
    await().atMost(PROMISE).until(() -> number(handled()) > 0);
  }

  /** Whatever went comes back, and all is done once, within the time that is promised. */
  @AfterEach
  void everythingIsDoneOnce() throws Exception {
    if (!broker.process().isAlive()) {
      broker = Broker.start(INSTALLATION, home, BROKER_PORT);
    }
    if (!postgres.process().isAlive()) {
      postgres.close(); // what this JVM holds of it
      postgres = Postgres.start(INSTALLATION, home, DATABASE_PORT);
    }
    await()
        .atMost(PROMISE)
        .ignoreExceptions()
        .until(
            () ->
                number("select count(*) from longshore.task where state <> 'succeeded'") == 0
                    && number(
                            "select count(*) from longshore.message where name = '" + MESSAGE + "'")
                        <= number("select count(distinct message_id) from longshore.effect_message")
                    && node.isReady());
    assertThat(number("select count(*) from longshore.effect where name = '" + name + "'"))
        .isEqualTo(
            number(
                "select count(distinct task_id) from longshore.effect where name = '" + name + "'"))
        .isGreaterThanOrEqualTo(EFFECTS);
    assertThat(number(items())).isEqualTo(ITEMS);
    assertThat(ids("select message_id from longshore.effect_message order by n"))
        .isEqualTo(
            ids("select id from longshore.message where name = '" + MESSAGE + "' order by id"));
    // And it goes on: what is appended from now on is handled as well.
    long before = number(handled());
    append(1);
    await().atMost(PROMISE).until(() -> number(handled()) == before + 1);
    assertThat(worker().getInt("deadLetters")).isZero();
    await().atMost(PROMISE).until(() -> worker().getString("status").equals("running"));
    assertThat(number("select count(*) from longshore.audit where to_state = 'succeeded'"))
        .isEqualTo(number("select count(*) from longshore.task"));
  }

  @Test
  void artemisIsKilledAndRestarted() {
    kill(broker.process().toHandle());
    awaitMissing("Artemis");
    submitEffects(); // is taken all the same, and waits
  }

  @Test
  void artemisIsKilledAndComesBackWithNothing() throws IOException {
    kill(broker.process().toHandle());
    try (Stream<Path> files = Files.walk(home.path().resolve("broker"))) {
      for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(file);
      }
    }
    awaitMissing("Artemis");
  }

  /** As Artemis does when its disk is full: it stands, and lets nobody send. */
  @Test
  void artemisTakesNoMessages() throws Exception {
    broker.close();
    EmbeddedActiveMQ full = new EmbeddedActiveMQ();
    full.setConfiguration(
        new ConfigurationImpl()
            .setPersistenceEnabled(true)
            .setBindingsDirectory(directory.resolve("full/bindings").toString())
            .setJournalDirectory(directory.resolve("full/journal").toString())
            .setPagingDirectory(directory.resolve("full/paging").toString())
            .setLargeMessagesDirectory(directory.resolve("full/large").toString())
            .setSecurityEnabled(false)
            .setJMXManagementEnabled(false)
            .setMaxDiskUsage(0)
            .setDiskScanPeriod(100)
            .addAcceptorConfiguration("clients", servers.brokerUrl() + "?protocols=CORE")
            .addAddressSetting("#", new AddressSettings().setMaxDeliveryAttempts(-1)));
    full.start();
    try {
      submitEffects();
      awaitMissing("Artemis");
      // What runs is settled all the same.
      assertThat(rest.await(pipeline, "succeeded").getString("state")).isEqualTo("succeeded");
    } finally {
      full.stop();
    }
  }

  @Test
  void allConnectionsOfPostgresqlAreDropped() throws SQLException {
    for (int i = 0; i < 3; i++) {
      number(
          """
          select count(pg_terminate_backend(pid)) from pg_stat_activity
          where backend_type = 'client backend' and pid <> pg_backend_pid()
          """);
      submitEffectsWhenPossible();
    }
  }

  @Test
  void postgresqlIsKilledAndRecoversFromItsCrash() {
    kill(postgres.process());
    awaitMissing("PostgreSQL");
  }

  @Test
  void postgresqlHasNoConnectionsLeft() throws SQLException {
    List<Connection> all = new ArrayList<>();
    try {
      for (int rounds = 0; rounds < 20; rounds++) {
        takeAll(all);
        try (Statement statement = all.get(0).createStatement()) {
          statement.execute(
              """
              select pg_terminate_backend(pid) from pg_stat_activity
              where application_name like 'longshore%'
              """);
        }
      }
      takeAll(all);
      awaitMissing("PostgreSQL");
    } finally {
      for (Connection one : all) {
        one.close();
      }
    }
  }

  private static void takeAll(List<Connection> all) {
    try {
      while (true) {
        all.add(connect());
      }
    } catch (SQLException e) {
      assertThat(all).isNotEmpty(); // there are no more
    }
  }

  private void awaitMissing(String what) {
    await()
        .atMost(PROMISE)
        .until(
            () -> {
              Rest.Answer ready = rest.get("health/ready");
              return ready.status() == 503 && ready.text().contains(what);
            });
  }

  private void submitEffects() {
    StringBuilder tasks = new StringBuilder();
    for (int i = 0; i < EFFECTS; i++) {
      tasks.append("{\"type\":\"effect\",\"payload\":{\"name\":\"").append(name).append("\"}}\n");
    }
    Rest.Answer answer = rest.post("api/tasks/bulk", tasks.toString(), "application/x-ndjson");
    assertThat(answer.status()).as(answer.text()).isLessThan(300);
  }

  /** Messages that an event worker takes a while for. */
  private static void append(int messages) {
    String line = "{\"name\":\"" + MESSAGE + "\",\"payload\":{\"millis\":5}}\n";
    Rest.Answer answer =
        rest.post("api/messages/bulk", line.repeat(messages), "application/x-ndjson");
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
  }

  private static JsonObject worker() {
    return rest.get("api/event-workers/diagnostic").json();
  }

  private static String handled() {
    return "select count(*) from longshore.effect_message";
  }

  private void submitEffectsWhenPossible() {
    await().atMost(PROMISE).untilAsserted(this::submitEffects);
  }

  private String items() {
    return "select count(*) from longshore.effect_item where task_id = " + pipeline;
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(servers.dbUrl(), servers.dbUser(), servers.dbPassword());
  }

  private static long number(String sql) throws SQLException {
    return ids(sql).get(0);
  }

  private static List<Long> ids(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      List<Long> found = new ArrayList<>();
      while (row.next()) {
        found.add(row.getLong(1));
      }
      return found;
    }
  }

  /** Signal 9; returns when it has had its effect. */
  private static void kill(ProcessHandle process) {
    process.destroyForcibly();
    process.onExit().join();
  }
}
