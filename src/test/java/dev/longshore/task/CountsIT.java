package dev.longshore.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.story.Cluster;
import dev.longshore.story.Rest;
import jakarta.json.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Counts that count no rows agree with the rows, in every snapshot. */
@Execution(ExecutionMode.SAME_THREAD)
class CountsIT {

  /** Rows by which both differ; one statement, so one snapshot, also while tasks run. */
  private static final String DIFFERENCES =
      """
      select count(*) from (
          select queue, state, count from longshore.task_counts) a
      full join (
          select queue, state, count(*) from longshore.task group by queue, state) b
      using (queue, state) where a.count is distinct from b.count
      """;

  private Cluster cluster;
  private Rest rest;
  private String queue;

  @BeforeEach
  void start() {
    cluster = Cluster.shared();
    rest = cluster.rest();
    queue = "q" + UUID.randomUUID();
  }

  @Test
  void theyAgreeWhileTasksRunAndWhileChangesAreFolded() throws Exception {
    cluster.execute(
        """
        select longshore.enqueue_many('effect', array_fill('{"name": "n"}'::jsonb, array[1000]),
            queue => '%1$s');
        select longshore.enqueue_many('fail', array_fill('{}'::jsonb, array[20]), queue => '%1$s',
            max_attempts => 1);
        select longshore.enqueue_many('noop', array_fill('{}'::jsonb, array[7]), queue => '%1$s',
            run_at => '2100-01-01Z')
        """
            .formatted(queue));
    Awaitility.await()
        .atMost(Duration.ofSeconds(90))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              assertThat(cluster.number(DIFFERENCES)).isZero();
              cluster.number("select longshore.fold_counts()");
              return stats().equals(states(7, 0, 0, 1000, 20, 0));
            });
    assertThat(rest.post("api/tasks/cancel", "{\"queue\":\"%s\"}".formatted(queue)).status())
        .isEqualTo(200);
    assertThat(stats()).isEqualTo(states(0, 0, 0, 1000, 20, 7));
    cluster.execute(
        "delete from longshore.task where state = 'failed' and queue = '" + queue + "'");
    assertThat(stats()).isEqualTo(states(0, 0, 0, 1000, 0, 7));
    assertThat(cluster.number(DIFFERENCES)).isZero();
  }

  @Test
  void whatIsRolledBackWasNeverCounted() throws SQLException {
    try (Connection connection = cluster.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute(
          "select longshore.enqueue('noop', queue => '%s', run_at => '2100-01-01Z')"
              .formatted(queue));
      connection.rollback();
    }
    assertThat(rest.get("api/stats").json().getJsonObject("queues")).doesNotContainKey(queue);
    assertThat(cluster.number(DIFFERENCES)).isZero();
  }

  @Test
  void foldingLeavesOneRowForAQueue() throws SQLException {
    for (int i = 0; i < 3; i++) {
      cluster.execute(
          "select longshore.enqueue('noop', queue => '%s', run_at => '2100-01-01Z')"
              .formatted(queue));
    }
    Awaitility.await("the timer folds")
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                cluster.query(
                    "select count from longshore.task_count where queue = '" + queue + "'",
                    row -> row.getLong(1)),
            java.util.List.of(3L)::equals);
    assertThat(
            cluster.number(
                "select count(*) from longshore.task_count_change where queue = '" + queue + "'"))
        .isZero();
    assertThat(stats()).isEqualTo(states(3, 0, 0, 0, 0, 0));
  }

  private String stats() {
    JsonObject queues = rest.get("api/stats").json().getJsonObject("queues");
    return String.valueOf(queues.getJsonObject(queue));
  }

  private static String states(Object... counts) {
    return """
    {"pending":%d,"queued":%d,"ongoing":%d,"succeeded":%d,"failed":%d,"cancelled":%d}"""
        .formatted(counts);
  }
}
