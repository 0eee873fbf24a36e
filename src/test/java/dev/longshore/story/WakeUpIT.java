package dev.longshore.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.local.Node;
import dev.longshore.local.Servers;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** New work is claimed by a wake-up: here the timer is as good as off. */
class WakeUpIT {

  private static final String LISTENERS =
      """
      select pid from pg_stat_activity
      where application_name = 'longshore-wake' and datname = current_database()
      """;

  private static final String ASKED =
      """
      select count(*) from pg_locks
      where locktype = 'advisory' and mode = 'ExclusiveLock' and granted
        and database = (select oid from pg_database where datname = current_database())
        and objid::int = hashtext('longshore.wake')
      """;

  private static final String UNFINISHED =
      """
      select count(*) from longshore.task
      where state not in ('succeeded', 'failed', 'cancelled') and run_at < '2100-01-01'
      """;

  private static final String TRANSACTIONS =
      "select xact_commit + xact_rollback from pg_stat_database where datname = 'it_wake'";

  /** In seconds. */
  private static final String LAST_BEAT =
      """
      select extract(epoch from max(query_start)) from pg_stat_activity
      where application_name = 'longshore-lease' and datname = 'it_wake'
      """;

  private static final String TOLD = "{\"type\":\"noop\",\"queue\":\"told\"}";

  private static Cluster cluster;
  private static Node node;

  @BeforeAll
  static void start() {
    cluster = Cluster.named("wake");
    node =
        cluster.node(
            "sleeper",
            Map.of("LONGSHORE_CLAIM_INTERVAL", "PT1H", "LONGSHORE_LONG_CONCURRENCY", "2"));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @BeforeEach
  void awaitIdle() {
    awaitNumber(ASKED, 1);
  }

  @AfterEach
  void lift() throws SQLException {
    cluster.execute("delete from longshore.queue");
  }

  /**
   * Looks leave out what may be closed as a whole, such as the queue of {@link #TOLD}: who claims
   * it has been told.
   */
  private static void beyondLooks() throws SQLException {
    cluster.execute("insert into longshore.queue (name, task_limit) values ('told', 2)");
  }

  @Test
  void aSubmissionBySqlIsClaimedAtOnce() throws Exception {
    beyondLooks();
    for (int i = 0; i < 3; i++) {
      awaitNumber(ASKED, 1);
      long task = cluster.number("select longshore.enqueue('noop', '{}', queue => 'told')");
      cluster.rest().await(task, "succeeded");
    }
  }

  /** Nobody announces it: what claims it is what took it. */
  @Test
  void aSubmissionByRestIsClaimedAtOnceByTheNodeThatTakesIt() throws Exception {
    beyondLooks();
    cluster.execute("alter table longshore.task disable trigger wake");
    try {
      for (int i = 0; i < 3; i++) {
        cluster.rest().await(cluster.rest().submit(TOLD), "succeeded");
      }
    } finally {
      cluster.execute("alter table longshore.task enable trigger wake");
    }
  }

  /** By an announcement, or by a look. */
  @Test
  void aSubmissionBySqlWithoutALimitNeedsNoTimer() throws Exception {
    for (int i = 0; i < 20; i++) {
      cluster.rest().await(enqueue("noop", "{}"), "succeeded");
    }
  }

  @Test
  void aSubmissionInATransactionThatWasOpenWhenTheNodeWentIdleIsFound() throws Exception {
    try (Connection late = cluster.connect();
        Statement statement = late.createStatement()) {
      // Announced by nobody: the node is busy as this is inserted, and asks while it is open.
      long running = enqueue("sleep", "{\"millis\":1500}");
      long[] filling = {
        enqueue("sleep", "{\"millis\":1500}"),
        enqueue("sleep", "{\"millis\":1}"),
        enqueue("sleep", "{\"millis\":1}"),
        enqueue("sleep", "{\"millis\":1}"),
        enqueue("sleep", "{\"millis\":1}")
      };
      awaitNumber(ASKED, 0);
      late.setAutoCommit(false);
      statement.execute("select longshore.enqueue('noop', '{}', key => 'late')");
      cluster.rest().await(running, "succeeded");
      for (long id : filling) {
        cluster.rest().await(id, "succeeded");
      }
      awaitNumber(ASKED, 1);
      late.commit();
    }
    awaitNumber(
        "select count(*) from longshore.task where key = 'late' and state = 'succeeded'", 1);
  }

  /** The other node has the first one's worker id: it takes submissions, and no work. */
  @Test
  void aSubmissionOnAnotherNodeIsClaimedAtOnce() throws Exception {
    Node other = cluster.starting("sleeper", "other", Map.of("LONGSHORE_CLAIM_INTERVAL", "PT1H"));
    try {
      Awaitility.await()
          .atMost(Duration.ofMinutes(3))
          .ignoreExceptions()
          .until(
              () ->
                  Files.readString(other.home().logs().resolve("node/messages.log"))
                          .contains("wake-up channel is open")
                      && Rest.of(other, "operator").get("api/stats").status() == 200);
      beyondLooks();
      Rest there = Rest.of(other, "operator");
      for (int i = 0; i < 3; i++) {
        awaitNumber(ASKED, 1);
        there.await(there.submit(TOLD), "succeeded");
      }
      assertThat(other.isReady()).isFalse();
    } finally {
      other.kill();
    }
  }

  @Test
  void theChannelComesBackByItselfWhenItIsCut() throws Exception {
    List<Integer> before = listeners();
    assertThat(before).hasSize(1);
    cluster.query("select pg_terminate_backend(pid) from (" + LISTENERS + ") l", row -> 0);

    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> listeners().size() == 1 && !listeners().equals(before));
    awaitNumber(ASKED, 1);
    cluster.rest().await(enqueue("noop", "{}"), "succeeded");
  }

  @Test
  void whileEverySlotIsTakenNobodyIsNotified() throws Exception {
    try (Connection listening = cluster.connect();
        Connection inserting = cluster.connect();
        Statement listen = listening.createStatement();
        Statement insert = inserting.createStatement()) {
      listen.execute("listen longshore_work");
      awaitNumber(ASKED, 1);
      // Two slots, taken for longer than all of the inserts need.
      for (int i = 0; i < 40; i++) {
        insert.execute("select longshore.enqueue('sleep', '{\"millis\":1000}')");
      }
      // As many as came before the node had heard of the first: that depends on the machine.
      awaitNumber(ASKED, 0);
      listen.execute("select 1");
      assertThat(listening.unwrap(PGConnection.class).getNotifications()).isNotEmpty();

      for (int i = 0; i < 400; i++) {
        insert.execute("select longshore.enqueue('sleep', '{\"millis\":0}')");
      }
      listen.execute("select 1");
      assertThat(listening.unwrap(PGConnection.class).getNotifications()).isEmpty();
      awaitNumber(UNFINISHED, 0);
    }
  }

  /** New work is claimed at once all the same. */
  @Test
  void anIdleNodeAsksNoMoreThanItsIntervalsSay() throws Exception {
    Servers run = TestServers.servers();
    // From another database, so that nothing of this is counted.
    try (Connection outside =
            DriverManager.getConnection(run.dbUrl(), run.dbUser(), run.dbPassword());
        Statement ask = outside.createStatement()) {
      awaitBeats(ask, 12); // what went before may be counted ten seconds late
      long before = number(ask, TRANSACTIONS);
      awaitBeats(ask, 20);
      // A look for what is lost each two seconds, two for what is new each five.
      int rounds = 20 + 10 + 2 * 4;
      assertThat(number(ask, TRANSACTIONS) - before).isBetween(20L, 8L * rounds);
    }
  }

  /** Until the node has renewed its lease so many times. */
  private static void awaitBeats(Statement ask, int beats) throws SQLException {
    long begin = number(ask, LAST_BEAT);
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> number(ask, LAST_BEAT) >= begin + beats);
  }

  @Test
  void aDelayedTaskWakesNobody() throws Exception {
    try (Connection connection = cluster.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("listen longshore_work");
      statement.execute("select longshore.enqueue('noop', '{}', run_at => '2100-01-01')");
      assertThat(connection.unwrap(PGConnection.class).getNotifications()).isEmpty();
      statement.execute("select longshore.enqueue('noop', '{}')");
      assertThat(announced(connection)).isEqualTo("noop");
    }
  }

  /** So that nodes that do not have it, and the other lane of those that do, sleep on. */
  @Test
  void anAnnouncementNamesTheTypeWhereItIsOne() throws Exception {
    try (Connection connection = cluster.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("listen longshore_work");
      statement.execute("select longshore.enqueue('noop', '{}')");
      assertThat(announced(connection)).isEqualTo("noop");
      awaitNumber(UNFINISHED, 0);
      awaitNumber(ASKED, 1);
      statement.execute(
          """
          insert into longshore.task (type, queue, priority, max_attempts)
          values ('noop', 'default', 0, 1), ('sleep', 'default', 0, 1)
          """);
      assertThat(announced(connection)).isEmpty();
      awaitNumber(UNFINISHED, 0);
    }
  }

  private static String announced(Connection connection) throws SQLException {
    PGNotification[] some = connection.unwrap(PGConnection.class).getNotifications(5_000);
    assertThat(some).hasSize(1);
    return some[0].getParameter();
  }

  private static long enqueue(String type, String payload) throws SQLException {
    return cluster.number("select longshore.enqueue('%s', '%s')".formatted(type, payload));
  }

  private static List<Integer> listeners() throws SQLException {
    return cluster.query(LISTENERS, row -> row.getInt(1));
  }

  private static long number(Statement statement, String query) throws SQLException {
    try (ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static void awaitNumber(String query, long number) {
    Awaitility.await(query)
        .atMost(Duration.ofSeconds(90))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> cluster.number(query) == number);
  }
}
