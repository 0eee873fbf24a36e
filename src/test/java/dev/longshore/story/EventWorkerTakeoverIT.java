package dev.longshore.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.local.Node;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The node that runs an event worker is killed, in the middle of the log: another goes on. */
class EventWorkerTakeoverIT {

  private static final Map<String, String> SHORT_LEASE = Map.of("LONGSHORE_WORKER_LEASE", "PT4S");
  private static final int MESSAGES = 3_000;

  private static Cluster cluster;
  private static Node left;
  private static Node right;

  @BeforeAll
  static void start() {
    cluster = Cluster.named("event-workers");
    left = cluster.starting("left", SHORT_LEASE);
    right = cluster.starting("right", SHORT_LEASE);
    left.awaitReady(Duration.ofMinutes(3));
    right.awaitReady(Duration.ofMinutes(3));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void everyMessageIsHandledOnceAndInOrderAcrossTheCrash() throws Exception {
    String owner =
        Awaitility.await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> worker(left).getString("node", null), node -> node != null);
    Node victim = owner.equals("left") ? left : right;
    Node heir = owner.equals("left") ? right : left;
    Rest rest = Rest.of(heir, "operator");
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < MESSAGES; i++) {
      lines.append("{\"name\":\"diagnostic/effect\",\"payload\":{\"name\":\"x\"}}\n");
    }
    assertThat(rest.post("api/messages/bulk", lines.toString(), "application/x-ndjson").text())
        .isEqualTo("{\"appended\":" + MESSAGES + "}");
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(1))
        .until(() -> cluster.number("select count(*) from longshore.effect_message") > 0);
    victim.kill();

    // Behind the crash, what is appended to the one that is left is handled there.
    assertThat(
            rest.post(
                    "api/messages",
                    "{\"name\":\"diagnostic/effect\",\"payload\":{\"name\":\"last\"}}")
                .status())
        .isEqualTo(201);
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> cluster.number("select count(*) from longshore.effect_message") == MESSAGES + 1);
    List<Long> handled =
        cluster.query(
            "select message_id from longshore.effect_message order by n", row -> row.getLong(1));
    assertThat(handled)
        .containsExactlyElementsOf(
            cluster.query(
                "select id from longshore.message where name = 'diagnostic/effect' order by id",
                row -> row.getLong(1)));
    assertThat(
            cluster.query(
                "select distinct node from longshore.effect_message order by 1",
                row -> row.getString(1)))
        .containsExactly("left", "right");
    JsonObject worker = worker(heir);
    assertThat(worker.getString("status")).isEqualTo("running");
    assertThat(worker.getString("node")).isEqualTo(owner.equals("left") ? "right" : "left");
    assertThat(worker.getInt("deadLetters")).isZero();
  }

  private static JsonObject worker(Node node) {
    return Rest.of(node, "viewer").get("api/event-workers/diagnostic").json();
  }
}
