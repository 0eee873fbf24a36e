package dev.longshore.story;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two nodes on one database and one broker share the work and never run a task twice. */
class TwoNodesIT {

  private static final int TASKS = 2_000;

  private static Cluster cluster;

  @BeforeAll
  static void start() {
    cluster = Cluster.named("two-nodes");
    cluster.node("left", Map.of());
    cluster.node("right", Map.of());
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void everyTaskRunsOnceOnOneOfThem() throws Exception {
    StringBuilder tasks = new StringBuilder();
    for (int i = 0; i < TASKS; i++) {
      tasks.append("{\"type\":\"effect\",\"payload\":{\"name\":\"two\"}}\n");
    }
    assertThat(
            cluster.rest().post("api/tasks/bulk", tasks.toString(), "application/x-ndjson").text())
        .contains("" + TASKS);
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .until(
            () ->
                cluster.number("select count(*) from longshore.task where state = 'succeeded'")
                    == TASKS);

    assertThat(cluster.number("select count(*) from longshore.effect")).isEqualTo(TASKS);
    assertThat(cluster.number("select count(distinct task_id) from longshore.effect"))
        .isEqualTo(TASKS);
    assertThat(cluster.number("select count(*) from longshore.attempt")).isEqualTo(TASKS);
    assertThat(cluster.number("select count(*) from longshore.claim")).isZero();
    assertThat(
            cluster.query(
                "select worker from longshore.attempt group by worker having count(*) > 100 order by worker",
                row -> row.getString(1)))
        .containsExactly("left", "right");
  }
}
