package dev.longshore.story;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.OffsetDateTime;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a task goes through, seen from REST. */
@Execution(ExecutionMode.SAME_THREAD)
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
    // The same transaction wrote the handler's row, the outcome, the history and the trail.
    assertThat(
            Cluster.shared()
                .query(
                    """
                    select distinct e.xmin = t.xmin and a.xmin = t.xmin and u.xmin = t.xmin
                    from longshore.effect e join longshore.task t on t.id = e.task_id
                    join longshore.attempt a on a.task_id = t.id
                    join longshore.audit u on u.task_id = t.id
                    where t.id = %d
                    """
                        .formatted(id),
                    row -> row.getBoolean(1)))
        .containsExactly(true);
  }

  @Test
  void aUniqueKeyAnswersWithTheStandingTaskWhileThatIsUnfinished() {
    String task = "{\"type\":\"sleep\",\"payload\":{\"millis\":500},\"uniqueKey\":\"only-one\"}";
    long first = rest.submit(task);
    Rest.Answer second = rest.post("api/tasks", task);
    assertThat(second.status()).isEqualTo(200);
    assertThat(second.json().getJsonNumber("id").longValue()).isEqualTo(first);
    rest.await(first, "succeeded");
    assertThat(rest.submit(task)).isGreaterThan(first);
  }

  @Test
  void aDelayedTaskIsNotStartedBeforeItsTime() {
    OffsetDateTime due = OffsetDateTime.now().plusSeconds(3);
    long id = rest.submit("{\"type\":\"noop\",\"payload\":{},\"runAt\":\"" + due + "\"}");
    JsonObject done = rest.await(id, "succeeded");
    assertThat(OffsetDateTime.parse(done.getString("startedAt"))).isAfterOrEqualTo(due);
  }

  @Test
  void aRunningTaskIsStoppedWhenItIsCancelled() {
    long id = rest.submit("sleep", "{\"millis\":600000}");
    rest.await(id, "ongoing");
    assertThat(rest.post("api/tasks/" + id + "/cancel").status()).isIn(200, 202);
    JsonObject done = rest.await(id, "cancelled", "succeeded", "failed");
    assertThat(done.getString("state")).isEqualTo("cancelled");
    assertThat(rest.attempts(id).getJsonObject(0).getString("outcome")).isEqualTo("cancelled");
  }

  @Test
  void aCancelledTaskRunsAgainWhenAnOperatorRetriesIt() {
    String later = OffsetDateTime.now().plusDays(1).toString();
    long id = rest.submit("{\"type\":\"noop\",\"payload\":{},\"runAt\":\"" + later + "\"}");
    assertThat(rest.post("api/tasks/" + id + "/cancel").status()).isEqualTo(200);
    assertThat(rest.task(id).getString("state")).isEqualTo("cancelled");
    assertThat(rest.post("api/tasks/" + id + "/cancel").status()).isEqualTo(409);
    assertThat(rest.post("api/tasks/" + id + "/retry").status()).isEqualTo(200);
    assertThat(rest.await(id, "succeeded").getInt("attempts")).isEqualTo(1);
  }

  @Test
  void theHighestPriorityRunsFirst() throws Exception {
    // Submitted in one transaction, so that no round of claims sees a part of them.
    long marker = System.nanoTime();
    StringBuilder tasks = new StringBuilder();
    for (int i = 0; i < 120; i++) {
      tasks.append(
          "{\"type\":\"sleep\",\"payload\":{\"millis\":30},\"priority\":%d,\"key\":\"p%d\"}\n"
              .formatted(i < 80 ? 1 : 8, marker));
    }
    assertThat(rest.post("api/tasks/bulk", tasks.toString(), "application/x-ndjson").status())
        .isIn(200, 201);
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                Cluster.shared()
                        .number(
                            "select count(*) from longshore.task where state = 'succeeded' and key"
                                + " = 'p"
                                + marker
                                + "'")
                    == 120);
    assertThat(
            Cluster.shared()
                .number(
                    """
                    select count(*) from longshore.task
                    where key = 'p%d' and priority = 1 and started_at <
                        (select max(started_at) from longshore.task
                         where key = 'p%d' and priority = 8)
                    """
                        .formatted(marker, marker)))
        // The first claims may be taken in any order: JMS promises no more.
        .isLessThanOrEqualTo(16); // the slots
  }
}
