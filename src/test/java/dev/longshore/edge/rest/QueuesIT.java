package dev.longshore.edge.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.story.Cluster;
import dev.longshore.story.Rest;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Limits, pauses, tasks that come after others and groups, on a node that runs them. */
@Execution(ExecutionMode.SAME_THREAD)
class QueuesIT {

  private static Rest rest;

  private final String queue = "queues-it-" + UUID.randomUUID();

  @BeforeAll
  static void start() {
    rest = Cluster.shared().rest();
  }

  @Test
  void aQueueShowsTheLimitsThatItWasGiven() {
    assertThat(rest.get("api/queues/" + queue).status()).isEqualTo(404);
    JsonObject set =
        rest.put(
                "api/queues/" + queue,
                "{\"limit\":7,\"keyLimit\":1,\"rate\":\"10/PT1M\",\"keyRate\":\"2/PT0.5S\"}")
            .json();
    assertThat(set)
        .hasToString(
            "{\"name\":\"%s\",\"paused\":false,\"limit\":7,\"keyLimit\":1,\"rate\":\"10/PT1M\",\"keyRate\":\"2/PT0.5S\"}"
                .formatted(queue));
    assertThat(rest.get("api/queues/" + queue).json()).isEqualTo(set);
    assertThat(rest.get("api/queues").json().getJsonArray("items")).contains(set);

    assertThat(rest.post("api/queues/" + queue + "/pause").json().getBoolean("paused")).isTrue();
    JsonObject free = rest.put("api/queues/" + queue, "{}").json();
    assertThat(free.getBoolean("paused")).as("left as it was").isTrue();
    assertThat(free.get("limit")).isEqualTo(JsonValue.NULL);
    assertThat(rest.put("api/queues/" + queue, "{\"paused\":false}").json().getBoolean("paused"))
        .isFalse();
  }

  @Test
  void aPausedQueueWaitsAndGoesOnWhenItIsResumed() {
    rest.put("api/queues/" + queue, "{\"paused\":true}");
    long paused = submit("noop", "{}", null);
    long other = rest.submit("noop", "{}");
    rest.await(other, "succeeded");
    assertThat(rest.task(paused).getString("state")).isEqualTo("pending");

    assertThat(rest.post("api/queues/" + queue + "/resume").status()).isEqualTo(200);
    rest.await(paused, "succeeded");
  }

  @Test
  void aPausedTypeWaitsAndGoesOnWhenItIsResumed() {
    assertThat(rest.post("api/types/steps/pause").json().getBoolean("paused")).isTrue();
    long task = submit("steps", "{\"steps\":1,\"items\":1,\"millis\":0}", null);
    rest.await(rest.submit("sleep", "{\"millis\":0}"), "succeeded");
    assertThat(rest.task(task).getString("state")).isEqualTo("pending");
    assertThat(rest.post("api/types/steps/resume").json().getBoolean("paused")).isFalse();
    rest.await(task, "succeeded");
    assertThat(rest.post("api/types/nosuch/pause").status()).isEqualTo(404);
    assertThat(rest.post("api/queues/nosuch/pause").status()).isEqualTo(404);
  }

  @Test
  void theTasksOfAnExclusiveKeyRunOneAfterTheOtherInTheirOrder() {
    rest.put("api/queues/" + queue, "{\"keyLimit\":1}");
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      ids.add(submit("sleep", "{\"millis\":20}", "one"));
    }
    List<JsonObject> runs = ids.stream().map(id -> rest.await(id, "succeeded")).toList();

    assertThat(runs)
        .isSortedAccordingTo(Comparator.comparing(run -> time(run, "startedAt")))
        .hasSize(6);
    IntStream.range(1, 6)
        .forEach(
            i ->
                assertThat(time(runs.get(i), "startedAt"))
                    .isAfterOrEqualTo(time(runs.get(i - 1), "endedAt")));
  }

  /** Five of one key take two intervals at least, whatever others do. */
  @Test
  void noMoreOfAKeyStartInAnIntervalThanItsRateAllows() throws Exception {
    rest.put("api/queues/" + queue, "{\"keyRate\":\"2/PT1S\"}");
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ids.add(submit("sleep", "{\"millis\":0}", "one"));
      ids.add(submit("sleep", "{\"millis\":0}", "other-" + i));
    }
    ids.forEach(id -> rest.await(id, "succeeded"));

    assertThat(
            Cluster.shared()
                .number(
                    """
                    select max(n) from (
                        select count(*) over (
                            partition by t.key order by a.started_at
                            range between interval '999 milliseconds' preceding and current row) as n
                        from longshore.attempt a join longshore.task t on t.id = a.task_id
                        where t.queue = '%s') starts
                    """
                        .formatted(queue)))
        .isEqualTo(2);
  }

  @Test
  void aTaskRunsAfterTheOneThatItComesAfterAndAGroupsCompletionLast() {
    long first = submit("sleep", "{\"millis\":50}", null);
    Rest.Answer group =
        rest.post(
            "api/groups",
            """
            {"tasks": [{"type": "noop", "after": [%d]},
                       {"type": "fail", "maxAttempts": 1},
                       {"type": "sleep", "payload": {"millis": 10}}],
             "completion": {"type": "noop", "queue": "%s"}}
            """
                .formatted(first, queue));
    assertThat(group.status()).as(group.text()).isEqualTo(201);
    long completion = group.json().getJsonNumber("completion").longValue();
    assertThat(group.header("Location")).endsWith("/api/tasks/" + completion);

    JsonObject done = rest.await(completion, "succeeded");
    List<JsonObject> members =
        group.json().getJsonArray("tasks").stream()
            .map(id -> rest.task(Long.parseLong(id.toString())))
            .toList();
    assertThat(members)
        .extracting(task -> task.getString("state"))
        .containsExactly("succeeded", "failed", "succeeded");
    assertThat(members)
        .allSatisfy(
            task -> assertThat(time(task, "endedAt")).isBeforeOrEqualTo(time(done, "startedAt")));
    assertThat(time(members.get(0), "startedAt"))
        .isAfterOrEqualTo(time(rest.task(first), "endedAt"));
  }

  @Test
  void aTaskWhosePrerequisiteFailsEndsByItsChoice() {
    long bad = rest.submit("{\"type\":\"fail\",\"maxAttempts\":1}");
    long cancelled = rest.submit("{\"type\":\"noop\",\"after\":[%d]}".formatted(bad));
    long failed =
        rest.submit(
            "{\"type\":\"noop\",\"after\":[%d],\"onDependencyFailure\":\"fail\"}".formatted(bad));
    assertThat(rest.await(cancelled, "cancelled").getString("error"))
        .isEqualTo("Task " + bad + ", which it comes after, failed.");
    rest.await(failed, "failed");
  }

  private long submit(String type, String payload, String key) {
    return rest.submit(
        "{\"type\":\"%s\",\"payload\":%s,\"queue\":\"%s\",\"key\":%s}"
            .formatted(type, payload, queue, key == null ? "null" : '"' + key + '"'));
  }

  private static OffsetDateTime time(JsonObject task, String field) {
    return OffsetDateTime.parse(task.getString(field));
  }
}
