package dev.longshore.story;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A pipeline that fails goes on where it was, and repeats nothing that was committed. */
@Execution(ExecutionMode.SAME_THREAD)
class PipelineRestartIT {

  private static Rest rest;

  @BeforeAll
  static void start() {
    rest = Cluster.shared().rest();
  }

  @Test
  void theRetryResumesInTheThirdStepAtItsLastCheckpoint() throws Exception {
    // Item 34 throws once: the chunk of 30 to 39 rolls back, 0 to 29 stay.
    long id = rest.submit("steps", "{\"steps\":3,\"items\":60,\"millis\":1,\"failAt\":34}");
    JsonObject done = rest.await(id, "succeeded", "failed");

    assertThat(done.getString("state")).isEqualTo("succeeded");
    assertThat(done.getInt("attempts")).isEqualTo(2);
    assertThat(items(id, 1)).isNotEmpty().allMatch(item -> item < 34);
    assertThat(items(id, 2)).doesNotContainAnyElementsOf(items(id, 1));
    assertThat(items(id, 1).size() + items(id, 2).size()).isEqualTo(60);
    // The first two steps ran in the first attempt alone; the third one in both.
    assertThat(stepsOf(id))
        .containsExactly("1:COMPLETED", "1:COMPLETED", "1:FAILED", "2:COMPLETED");
  }

  private static List<Integer> items(long task, int attempt) throws SQLException {
    return Cluster.shared()
        .query(
            "select item from longshore.effect_item where task_id = "
                + task
                + " and attempt = "
                + attempt
                + " order by item",
            row -> row.getInt(1));
  }

  /** Attempt and status of each step execution of the task's job, in order. */
  private static List<String> stepsOf(long task) throws SQLException {
    return Cluster.shared()
        .query(
            """
            select a.number || ':' || s.status
            from longshore.job_execution j
            join longshore.step_execution s on s.job_execution_id = j.id
            join longshore.attempt a on a.task_id = j.task_id and a.claim_id = j.claim_id
            where j.task_id = %d order by s.id
            """
                .formatted(task),
            row -> row.getString(1));
  }
}
