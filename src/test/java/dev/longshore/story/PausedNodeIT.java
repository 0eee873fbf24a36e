package dev.longshore.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.local.Node;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A node that is stopped in the middle of its work, and wakes when another has taken it over; after
 * a {@link Minute} where that is wanted.
 */
class PausedNodeIT {

  private static final int ITEMS = Minute.items(150, 2_500);

  private static Cluster cluster;
  private static Map<String, Node> nodes;

  @BeforeAll
  static void start() {
    cluster = Cluster.named("paused");
    nodes =
        Map.of(
            "one", cluster.starting("one", Minute.lease()),
            "other", cluster.starting("other", Minute.lease()));
    nodes.values().forEach(node -> node.awaitReady(Duration.ofMinutes(3)));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void itsSuccessorGoesOnAndTheSleeperCommitsNothingMore() throws Exception {
    long id =
        cluster.rest().submit("steps", "{\"steps\":3,\"items\":%d,\"millis\":30}".formatted(ITEMS));
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> items(id, "%") >= 20);
    String asleep = cluster.rest().task(id).getString("worker");
    String awake = asleep.equals("one") ? "other" : "one";
    Node sleeper = nodes.get(asleep);
    Node heir = nodes.get(awake);

    long stopped = System.nanoTime();
    sleeper.signal("STOP");
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> items(id, awake) >= 10);
    Minute.pass(stopped);
    long before = items(id, asleep);
    sleeper.signal("CONT");

    Rest.of(heir, "operator").await(id, "succeeded");
    assertThat(items(id, asleep)).isEqualTo(before);
    assertThat(items(id, awake) + before).isEqualTo(ITEMS);
    assertThat(
            cluster.query(
                "select outcome from longshore.attempt where task_id = " + id + " order by number",
                row -> row.getString(1)))
        .containsExactly("lost", "succeeded");

    // It begins a new life by itself and works again.
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(sleeper::isReady);
    Rest rest = Rest.of(sleeper, "operator");
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .until(
            () -> {
              rest.submit("sleep", "{\"millis\":100}"); // either may get it: one more each time
              return cluster.number(
                      "select count(*) from longshore.attempt a join longshore.task t"
                          + " on t.id = a.task_id where t.type = 'sleep'"
                          + " and a.outcome = 'succeeded' and a.worker = '"
                          + asleep
                          + "'")
                  > 0;
            });
  }

  private static long items(long task, String worker) throws Exception {
    return cluster.number(
        "select count(*) from longshore.effect_item where task_id = %d and worker like '%s'"
            .formatted(task, worker));
  }
}
