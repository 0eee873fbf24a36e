package dev.longshore.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.local.Node;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A node that is stopped in the middle of its work, of a task and of an event worker, and wakes
 * when another has taken it over; after a {@link Minute} where that is wanted.
 */
class PausedNodeIT {

  private static final int ITEMS = Minute.items(150, 2_500);

  private static final int MESSAGES = 400;

  private static Cluster cluster;
  private static Node sleeper;

  @BeforeAll
  static void start() {
    cluster = Cluster.named("paused");
    sleeper = cluster.node("sleeper", Minute.lease());
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void itsSuccessorGoesOnAndTheSleeperCommitsNothingMore() throws Exception {
    long id =
        cluster.rest().submit("steps", "{\"steps\":3,\"items\":%d,\"millis\":30}".formatted(ITEMS));
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> items(id, "sleeper") >= 20);
    String message = "{\"name\":\"diagnostic/effect\",\"payload\":{\"millis\":10}}\n";
    cluster.rest().post("api/messages/bulk", message.repeat(MESSAGES), "application/x-ndjson");
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> handled("sleeper") > 0);

    long stopped = System.nanoTime();
    sleeper.signal("STOP");
    Node heir = cluster.node("heir", Minute.lease());
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> items(id, "heir") >= 10);
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> handled("heir") > 0);
    Minute.pass(stopped);
    long before = items(id, "sleeper");
    long handledBefore = handled("sleeper");
    sleeper.signal("CONT");

    Rest.of(heir, "operator").await(id, "succeeded");
    assertThat(items(id, "sleeper")).isEqualTo(before);
    assertThat(items(id, "heir") + before).isEqualTo(ITEMS);
    assertThat(
            cluster.query(
                "select outcome from longshore.attempt where task_id = " + id + " order by number",
                row -> row.getString(1)))
        .containsExactly("lost", "succeeded");

    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> handled("sleeper") + handled("heir") >= MESSAGES);
    assertThat(handled("sleeper")).isEqualTo(handledBefore);
    assertThat(
            cluster.query(
                "select message_id from longshore.effect_message order by n",
                row -> row.getLong(1)))
        .isSorted()
        .doesNotHaveDuplicates()
        .hasSize(MESSAGES);

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
                          + " and a.worker = 'sleeper' and a.outcome = 'succeeded'")
                  > 0;
            });
  }

  private static long handled(String node) throws Exception {
    return cluster.number(
        "select count(*) from longshore.effect_message where node = '" + node + "'");
  }

  private static long items(long task, String worker) throws Exception {
    return cluster.number(
        "select count(*) from longshore.effect_item where task_id = %d and worker = '%s'"
            .formatted(task, worker));
  }
}
