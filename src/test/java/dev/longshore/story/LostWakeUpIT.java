package dev.longshore.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.local.Servers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Wake-ups are hints: without them the timer does it. */
class LostWakeUpIT {

  private static final String CHANNELS =
      """
      select count(*) from pg_stat_activity
      where application_name = 'longshore-wake' and datname = 'it_lost_wake'
      """;

  /** The database lets nobody in any more: the node goes on with the connections that it has. */
  @Test
  void workRunsByTheTimerAloneWhileTheChannelIsDown() throws Exception {
    Servers run = TestServers.servers();
    try (Cluster cluster = Cluster.named("lost-wake");
        Connection outside =
            DriverManager.getConnection(run.dbUrl(), run.dbUser(), run.dbPassword());
        Statement database = outside.createStatement()) {
      cluster.node("deaf", Map.of("LONGSHORE_CLAIM_INTERVAL", "PT1S"));
      try (Connection inside = cluster.connect();
          Statement submitter = inside.createStatement()) {
        aTaskRuns(cluster, submitter); // with the connections that this takes
        database.execute("alter database it_lost_wake allow_connections false");
        database.execute(CHANNELS.replace("count(*)", "pg_terminate_backend(pid)"));
        Awaitility.await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> number(database, CHANNELS) == 0);

        for (int i = 0; i < 3; i++) {
          aTaskRuns(cluster, submitter);
        }
        assertThat(number(database, CHANNELS)).isZero();
      }
    }
  }

  private static void aTaskRuns(Cluster cluster, Statement submitter) throws SQLException {
    long task = number(submitter, "select longshore.enqueue('noop', '{}')");
    cluster.rest().await(task, "succeeded");
  }

  private static long number(Statement statement, String query) throws SQLException {
    try (ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }
}
