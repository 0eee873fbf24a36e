package dev.longshore.story;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
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

  /** One of them may be fast enough to leave nothing of two thousand to the other. */
  @Test
  void everyTaskRunsOnceOnOneOfThem() throws Exception {
    AtomicInteger submitted = new AtomicInteger();
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .until(
            () -> {
              submit();
              awaitDone(submitted.addAndGet(TASKS));
              return workers();
            },
            List.of("left", "right")::equals);

    int all = submitted.get();
    assertThat(cluster.number("select count(*) from longshore.effect")).isEqualTo(all);
    assertThat(cluster.number("select count(distinct task_id) from longshore.effect"))
        .isEqualTo(all);
    assertThat(cluster.number("select count(*) from longshore.attempt")).isEqualTo(all);
    assertThat(cluster.number("select count(*) from longshore.claim")).isZero();
  }

  private void submit() throws Exception {
    String task = "{\"type\":\"effect\",\"payload\":{\"name\":\"two\"}}\n";
    assertThat(
            cluster
                .rest()
                .post("api/tasks/bulk", task.repeat(TASKS), "application/x-ndjson")
                .text())
        .contains("" + TASKS);
  }

  private static void awaitDone(int tasks) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                cluster.number("select count(*) from longshore.task where state = 'succeeded'")
                    == tasks);
  }

  /** Those that have run a fair part. */
  private static List<String> workers() throws Exception {
    return cluster.query(
        """
        select worker from longshore.attempt group by worker having count(*) > 100 order by worker
        """,
        row -> row.getString(1));
  }
}
