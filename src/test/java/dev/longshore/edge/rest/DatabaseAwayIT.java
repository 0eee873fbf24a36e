package dev.longshore.edge.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.local.Broker;
import dev.longshore.local.Home;
import dev.longshore.local.Installation;
import dev.longshore.local.Node;
import dev.longshore.local.Ports;
import dev.longshore.local.Postgres;
import dev.longshore.local.Servers;
import dev.longshore.story.NodeJvm;
import dev.longshore.story.Rest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** While PostgreSQL is away the edge says so, and it goes on by itself when that is back. */
class DatabaseAwayIT {

  private static final String TASK = "{\"type\":\"noop\",\"runAt\":\"2100-01-01T00:00:00Z\"}";

  private final Installation installation = Installation.current();
  @TempDir Path directory;

  @Test
  void requestsAreAnswered503UntilTheDatabaseIsBack() {
    Home home = new Home(directory.resolve("home")).create();
    int port = Ports.free();
    Postgres postgres = Postgres.start(installation, home, port);
    try (Broker broker = Broker.start(installation, home, Ports.free());
        Node node = node(home, postgres, broker)) {
      node.awaitReady(Duration.ofMinutes(3));
      Rest rest = Rest.of(node, "operator");
      long before = rest.submit(TASK);

      postgres.close();

      for (Rest.Answer answer :
          new Rest.Answer[] {
            rest.post("api/tasks", TASK),
            rest.post("api/tasks/bulk", TASK, "application/x-ndjson"),
            rest.get("api/tasks/" + before),
            rest.get("api/workers"),
            rest.post("api/tasks/" + before + "/cancel")
          }) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(503);
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
        assertThat(answer.header("Retry-After")).isEqualTo("5");
        assertThat(answer.json().getString("detail")).contains("database");
      }
      Rest.Answer ready = rest.get("health/ready");
      assertThat(ready.status()).isEqualTo(503);
      assertThat(ready.text()).contains("PostgreSQL does not answer");
      assertThat(rest.get("health/live").status()).isEqualTo(200);

      postgres = Postgres.start(installation, home, port);

      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> rest.get("api/tasks/" + before).status() == 200);
      assertThat(rest.submit(TASK)).isGreaterThan(before);
    } finally {
      postgres.close();
    }
  }

  private Node node(Home home, Postgres postgres, Broker broker) {
    NodeJvm.quickAndMeasured(home.path().resolve("liberty"));
    Servers servers =
        new Servers(
            postgres.url(),
            postgres.user(),
            postgres.password(),
            broker.url(),
            broker.user(),
            broker.password());
    return Node.start(
        installation,
        home,
        servers,
        Ports.free(),
        Map.of("LONGSHORE_WORKER_ID", "database-away", "LONGSHORE_DIAGNOSTICS", "true"));
  }
}
