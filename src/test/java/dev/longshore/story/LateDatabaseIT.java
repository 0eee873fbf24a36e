package dev.longshore.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.local.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A node that is started while PostgreSQL is away waits for it and then takes work by itself. */
class LateDatabaseIT {

  private static Cluster cluster;
  private static CutLine line;

  @BeforeAll
  static void start() {
    cluster = Cluster.named("late");
    line = CutLine.to(cluster.servers().dbUrl());
  }

  @AfterAll
  static void stop() {
    cluster.close();
    line.close();
  }

  @Test
  void itBecomesReadyWhenTheDatabaseIsThere() {
    line.cut();
    Node node =
        cluster.starting("early", Map.of("LONGSHORE_DB_URL", line.over(cluster.servers().dbUrl())));
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .until(
            () -> log(node).contains("The schema is not up to date: PostgreSQL does not answer"));
    assertThat(node.isReady()).isFalse();

    line.mend();
    node.awaitReady(Duration.ofMinutes(1));

    Rest rest = Rest.of(node, "operator");
    rest.await(rest.submit("noop", "{}"), "succeeded");
  }

  private static String log(Node node) throws IOException {
    Path log = node.home().logs().resolve("node/messages.log");
    return Files.exists(log) ? Files.readString(log) : "";
  }
}
