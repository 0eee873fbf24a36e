package dev.longshore.engine.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.story.Cluster;
import dev.longshore.story.Rest;
import jakarta.json.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Cancelling and retrying everything that matches a filter. */
@Execution(ExecutionMode.SAME_THREAD)
class MatchingIT {

  private static final int MANY = 700; // more than two slices
  private static final String LATER = "2100-01-01T00:00:00Z";

  private Cluster cluster;
  private Rest rest;
  private String key;

  @BeforeEach
  void start() {
    cluster = Cluster.shared();
    rest = cluster.rest();
    key = UUID.randomUUID().toString();
  }

  @Test
  void allThatMatchAreCancelledAndTheTrailNamesEachOfThem() throws SQLException {
    enqueue(MANY, "noop", key);
    enqueue(1, "noop", key + "-other");
    JsonObject done = post("cancel", "{\"key\":\"%s\",\"type\":\"noop\"}".formatted(key));
    assertThat(done.toString())
        .isEqualTo("{\"cancelled\":%d,\"stopping\":0,\"unchanged\":0}".formatted(MANY));
    assertThat(count("state = 'cancelled' and ended_at is not null", key)).isEqualTo(MANY);
    assertThat(count("state = 'pending'", key + "-other")).isEqualTo(1);
    assertThat(
            cluster.number(
                """
                select count(*) from longshore.audit a join longshore.task t on t.id = a.task_id
                where t.key = '%s' and to_state = 'cancelled' and actor = 'operator'
                """
                    .formatted(key)))
        .isEqualTo(MANY);
    assertThat(transactions("cancelled")).containsExactly(300L, 300L, 100L);
    post("cancel", "{\"key\":\"%s-other\"}".formatted(key));
  }

  @Test
  void queuedTasksLeaveTheirClaimsAndRunningOnesAreAskedToStop() throws Exception {
    enqueue(3, "noop", key);
    cluster.execute(
        """
        with claim as (
            insert into longshore.claim (lane, type, claimed_by) values ('long', 'noop', 'a test')
            returning id)
        update longshore.task set state = 'queued', claim_id = claim.id from claim
        where key = '%s' and task.id = (select min(id) from longshore.task where key = '%s')
        """
            .formatted(key, key));
    long running =
        rest.submit(
            "{\"type\":\"sleep\",\"payload\":{\"millis\":60000},\"key\":\"%s\"}".formatted(key));
    rest.await(running, "ongoing");

    assertThat(post("cancel", "{\"key\":\"%s\"}".formatted(key)).toString())
        .isEqualTo("{\"cancelled\":3,\"stopping\":1,\"unchanged\":0}");

    rest.await(running, "cancelled");
    assertThat(count("state = 'cancelled' and claim_id is null", key)).isEqualTo(4);
    assertThat(
            cluster.query(
                """
                select string_agg(from_state || ' ' || to_state, ', ' order by a.id)
                from longshore.audit a
                where task_id = (select min(id) from longshore.task where key = '%s')
                """
                    .formatted(key),
                row -> row.getString(1)))
        .containsExactly("queued pending, pending cancelled");
  }

  @Test
  void aTaskThatSomebodyElseIsMovingIsWaitedForAlone() throws Exception {
    enqueue(5, "noop", key);
    assertThat(askedWhileTheNewestIsMoved("cancel", "state = 'cancelled'"))
        .isEqualTo("{\"cancelled\":5,\"stopping\":0,\"unchanged\":0}");
  }

  @Test
  void soIsOneThatIsToBeTriedAgain() throws Exception {
    enqueue(5, "noop", key);
    cluster.execute(
        "update longshore.task set state = 'failed', ended_at = now() where key = '%s'"
            .formatted(key));
    assertThat(askedWhileTheNewestIsMoved("retry", "state <> 'failed'"))
        .isEqualTo("{\"retried\":5,\"unchanged\":0}");
  }

  /**
   * Asks for all five of the key while somebody else holds the newest one, who lets go when the
   * others are done.
   *
   * @return the answer
   */
  private String askedWhileTheNewestIsMoved(String what, String done) throws Exception {
    CompletableFuture<JsonObject> asked;
    try (Connection other = cluster.connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute(
          """
          update longshore.task set priority = 9
          where id = (select max(id) from longshore.task where key = '%s')
          """
              .formatted(key));
      asked = CompletableFuture.supplyAsync(() -> post(what, "{\"key\":\"%s\"}".formatted(key)));
      Awaitility.await().until(() -> count(done, key) == 4);
      assertThat(asked).isNotDone();
      other.commit();
    }
    return asked.get().toString();
  }

  @Test
  void aTaskThatHasEndedMeanwhileIsUnchanged() throws Exception {
    enqueue(3, "noop", key);
    CompletableFuture<JsonObject> asked;
    try (Connection other = cluster.connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute(
          """
          update longshore.task set state = 'cancelled', ended_at = now()
          where id = (select max(id) from longshore.task where key = '%s')
          """
              .formatted(key));
      asked =
          CompletableFuture.supplyAsync(() -> post("cancel", "{\"key\":\"%s\"}".formatted(key)));
      Awaitility.await().until(() -> count("state = 'cancelled'", key) == 2);
      assertThat(asked).isNotDone();
      other.commit();
    }
    assertThat(asked.get().toString())
        .isEqualTo("{\"cancelled\":2,\"stopping\":0,\"unchanged\":1}");
  }

  @Test
  void allThatFailedAreTriedAgainAndTheirUniqueKeysAreHeeded() throws Exception {
    enqueue(MANY, "noop", key);
    String unique =
        "{\"type\":\"noop\",\"key\":\"%s\",\"uniqueKey\":\"%s\",\"runAt\":\"%s\"}"
            .formatted(key, key, LATER);
    long older = rest.submit(unique);
    rest.submit(unique.replace("\"uniqueKey\":\"", "\"uniqueKey\":\"free-"));
    cluster.execute(
        "update longshore.task set state = 'failed', ended_at = now(), error = 'x', attempts = 5"
            + " where key = '%s'".formatted(key));
    long newer = rest.submit(unique); // unfinished: the older one may not come back

    assertThat(post("retry", "{\"key\":\"%s\",\"state\":\"failed\"}".formatted(key)).toString())
        .isEqualTo("{\"retried\":%d,\"unchanged\":1}".formatted(MANY + 1));
    // Of the first slice the two with a unique key were left to transactions of their own.
    assertThat(transactions("retried")).containsExactly(1L, 298L, 300L, 102L);

    assertThat(rest.task(older).getString("state")).isEqualTo("failed");
    assertThat(rest.task(newer).getString("state")).isEqualTo("pending");
    Awaitility.await()
        .atMost(java.time.Duration.ofSeconds(90))
        .until(() -> count("state = 'succeeded' and attempts = 1", key) == MANY + 1);
    post("cancel", "{\"key\":\"%s\"}".formatted(key));
  }

  /** As one that is tried again alone: else the next loss would be its last. */
  @Test
  void theLossesOfATaskThatIsTriedAgainAreForgotten() throws Exception {
    cluster.execute(
        """
        insert into longshore.task_type (name, lane, queue, priority, max_attempts,
            backoff_seconds, backoff_factor, backoff_cap)
        values ('nobody-runs-this', 'quick', 'default', 4, 5, 1, 2, 300) on conflict do nothing
        """);
    cluster.execute(
        """
        insert into longshore.task (type, queue, priority, max_attempts, key, state, losses, ended_at)
        values ('nobody-runs-this', 'default', 4, 5, '%s', 'failed', 3, now())
        """
            .formatted(key));

    assertThat(post("retry", "{\"key\":\"%s\"}".formatted(key)).getInt("retried")).isEqualTo(1);

    assertThat(count("state = 'pending' and losses = 0", key)).isEqualTo(1);
    post("cancel", "{\"key\":\"%s\"}".formatted(key));
  }

  @Test
  void aFilterThatCannotBeMeantIsRefused() {
    refused("cancel", "{}", "", "At least one of");
    refused("retry", "{\"type\":null}", "", "At least one of");
    refused("cancel", "{\"state\":\"succeeded\"}", "state", "pending, queued or ongoing");
    refused("retry", "{\"state\":\"ongoing\"}", "state", "failed or cancelled");
    refused("retry", "{\"state\":\"done\"}", "state", "'done' is not a state");
    refused("cancel", "{\"typ\":\"noop\"}", "typ", "is not known");
    assertThat(rest.post("api/tasks/cancel", "nonsense").status()).isEqualTo(400);
    assertThat(cluster.rest("viewer").post("api/tasks/cancel", "{\"type\":\"x\"}").status())
        .isEqualTo(403);
    // The one-task operations stand beside.
    assertThat(rest.post("api/tasks/0/cancel").status()).isEqualTo(404);
  }

  private void refused(String verb, String filter, String field, String message) {
    Rest.Answer answer = rest.post("api/tasks/" + verb, filter);
    assertThat(answer.status()).as(answer.text()).isEqualTo(422);
    JsonObject violation = answer.json().getJsonArray("violations").getJsonObject(0);
    assertThat(violation.getString("field")).isEqualTo(field);
    assertThat(violation.getString("message")).contains(message);
  }

  private JsonObject post(String verb, String filter) {
    Rest.Answer answer = rest.post("api/tasks/" + verb, filter);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json();
  }

  private void enqueue(int count, String type, String key) throws SQLException {
    cluster.execute(
        """
        select longshore.enqueue_many('%s', array_fill('{}'::jsonb, array[%d]),
            run_at => '%s', key => '%s')
        """
            .formatted(type, count, LATER, key));
  }

  /** How many tasks came to that in each transaction, the newest tasks first. */
  private List<Long> transactions(String outcome) throws SQLException {
    return cluster.query(
        """
        select count(*) from longshore.audit a join longshore.task t on t.id = a.task_id
        where t.key = '%s' and a.outcome = '%s'
        group by a.xmin::text order by max(a.task_id) desc
        """
            .formatted(key, outcome),
        row -> row.getLong(1));
  }

  private long count(String where, String key) throws SQLException {
    return cluster.number(
        "select count(*) from longshore.task where key = '%s' and %s".formatted(key, where));
  }
}
