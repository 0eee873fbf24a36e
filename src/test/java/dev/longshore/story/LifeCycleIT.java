package dev.longshore.story;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a task goes through, seen from REST. */
class LifeCycleIT {

  private static Rest rest;

  @BeforeAll
  static void start() {
    rest = Cluster.shared().rest();
  }

  @Test
  void aSubmittedTaskRunsToItsEnd() {
    JsonObject done = rest.await(rest.submit("noop", "{}"), "succeeded", "failed");
    assertThat(done.getString("state")).isEqualTo("succeeded");
    assertThat(done.getInt("attempts")).isEqualTo(1);
    assertThat(done.getString("worker")).isEqualTo("shared-1");
  }

  @Test
  void aFailingTaskIsTriedAgainUntilItSucceedsAndItsAttemptsAreKept() {
    long id = rest.submit("fail", "{\"times\":2}");
    JsonObject done = rest.await(id, "succeeded", "failed");
    assertThat(done.getString("state")).isEqualTo("succeeded");
    assertThat(done.getInt("attempts")).isEqualTo(3);
    assertThat(
            rest.attempts(id).getValuesAs(JsonObject.class).stream()
                .map(a -> a.getString("outcome")))
        .containsExactlyInAnyOrder("retry", "retry", "succeeded");
  }

  @Test
  void aTaskThatAlwaysFailsEndsFailedWithItsLastError() {
    JsonObject done =
        rest.await(
            rest.submit("{\"type\":\"fail\",\"payload\":{},\"maxAttempts\":2}"),
            "succeeded",
            "failed");
    assertThat(done.getString("state")).isEqualTo("failed");
    assertThat(done.getInt("attempts")).isEqualTo(2);
    assertThat(done.getString("error")).isNotBlank();
  }

  @Test
  void theChunkOfAQuickTaskCommitsItsEffectWithItsOutcome() throws Exception {
    long id = rest.submit("effect", "{\"name\":\"once\"}");
    rest.await(id, "succeeded");
    try (var connection = Cluster.shared().connect();
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery("select count(*) from longshore.effect where task_id = " + id)) {
      rows.next();
      assertThat(rows.getInt(1)).isEqualTo(1);
    }
  }
}
