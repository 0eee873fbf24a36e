package dev.longshore.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.local.Node;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** No two live nodes work under one id, and what a dead one ran goes on under its next life. */
class WorkerIdentityIT {

  private static final Map<String, String> SHORT_LEASE = Map.of("LONGSHORE_WORKER_LEASE", "PT4S");

  private static Cluster cluster;

  @BeforeAll
  static void start() {
    cluster = Cluster.named("identity");
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void aSecondNodeUnderALiveIdRefusesToWorkUntilTheFirstIsGoneAndGoesOnWithItsWork()
      throws Exception {
    Node first = cluster.node("twin", SHORT_LEASE);
    Node second = cluster.starting("twin", "twin-2", SHORT_LEASE);
    Path log = second.home().logs().resolve("node/messages.log");
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> Files.exists(log) && Files.readString(log).contains("is held by a live node"));
    assertThat(second.isReady()).isFalse();
    assertThat(run()).isEqualTo(1);
    long id = cluster.rest().submit("steps", "{\"steps\":3,\"items\":100,\"millis\":40}");
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> items(id, 1) >= 20);

    first.kill();

    Awaitility.await().atMost(Duration.ofMinutes(1)).until(second::isReady);
    assertThat(run()).isGreaterThan(1);
    Rest rest = Rest.of(second, "operator");
    rest.await(rest.submit("noop", "{}"), "succeeded");
    rest.await(id, "succeeded");
    assertThat(items(id, 2)).isBetween(1L, 80L);
    assertThat(items(id, 1) + items(id, 2)).isEqualTo(100);
    assertThat(
            cluster.query(
                "select outcome from longshore.attempt where task_id = " + id + " order by number",
                row -> row.getString(1)))
        .containsExactly("lost", "succeeded");
    assertThat(
            cluster.number(
                "select count(*) from longshore.audit where outcome = 'lost' and task_id = " + id))
        .isEqualTo(1);
  }

  private static long items(long task, int attempt) throws Exception {
    return cluster.number(
        "select count(*) from longshore.effect_item where task_id = %d and attempt = %d"
            .formatted(task, attempt));
  }

  private static long run() throws Exception {
    return cluster.number("select run from longshore.worker where id = 'twin'");
  }
}
