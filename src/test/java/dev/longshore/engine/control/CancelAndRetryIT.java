package dev.longshore.engine.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.story.Cluster;
import dev.longshore.story.Rest;
import jakarta.json.JsonObject;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What an operator may do to a task in each of its states. */
@Execution(ExecutionMode.SAME_THREAD)
class CancelAndRetryIT {

  private static final String LATER = "\"runAt\":\"2100-01-01T00:00:00Z\"";
  private static Rest rest;

  @BeforeAll
  static void start() {
    rest = Cluster.shared().rest();
  }

  @Test
  void aPendingTaskIsCancelledAtOnceAndMayBeTriedAgain() {
    long id = rest.submit("{\"type\":\"noop\",%s}".formatted(LATER));
    Rest.Answer cancelled = rest.post("api/tasks/" + id + "/cancel");
    assertThat(cancelled.status()).isEqualTo(200);
    assertThat(cancelled.json().getString("state")).isEqualTo("cancelled");
    assertThat(cancelled.json().isNull("endedAt")).isFalse();

    refused(rest.post("api/tasks/" + id + "/cancel"), "is cancelled");

    Rest.Answer again = rest.post("api/tasks/" + id + "/retry");
    assertThat(again.status()).isEqualTo(200);
    assertThat(rest.await(id, "succeeded").getInt("attempts")).isEqualTo(1);
    refused(rest.post("api/tasks/" + id + "/cancel"), "is succeeded");
    refused(rest.post("api/tasks/" + id + "/retry"), "is succeeded");
  }

  @Test
  void aQueuedTaskLeavesItsClaimAndIsCancelled() throws SQLException {
    long id = rest.submit("{\"type\":\"noop\",%s}".formatted(LATER));
    sql(
        """
        with claim as (
          insert into longshore.claim (lane, type, claimed_by) values ('long', 'noop', 'a test')
          returning id)
        update longshore.task set state = 'queued', claim_id = claim.id from claim where task.id = %d
        """
            .formatted(id));
    refused(rest.post("api/tasks/" + id + "/retry"), "is queued");
    Rest.Answer cancelled = rest.post("api/tasks/" + id + "/cancel");
    assertThat(cancelled.status()).as(cancelled.text()).isEqualTo(200);
    assertThat(cancelled.json().getString("state")).isEqualTo("cancelled");
    assertThat(
            one(
                "select string_agg(from_state || ' ' || to_state || ' ' || actor, ', ' order by id)"
                    + " from longshore.audit where task_id = "
                    + id))
        .isEqualTo("queued pending operator, pending cancelled operator");
  }

  @Test
  void aQuickTaskThatANodeHasTakenIsAskedToStopThoughItsRowSaysQueued() throws SQLException {
    long id = takenByAnother();
    Rest.Answer asked = rest.post("api/tasks/" + id + "/cancel");
    assertThat(asked.status()).as(asked.text()).isEqualTo(202);
    assertThat(asked.json().getBoolean("cancelRequested")).isTrue();
    assertThat(asked.json().getString("state")).isEqualTo("queued");
    sql(
        "update longshore.claim set lease_until = now() where type = 'noop' and worker = 'foreign'");
    rest.await(id, "cancelled");
  }

  /**
   * A claim of the quick lane, of somebody who is not a node of ours and ends when it is let go.
   */
  private static long takenByAnother() throws SQLException {
    long id = rest.submit("{\"type\":\"noop\",%s}".formatted(LATER));
    sql(
        """
        with claim as (
          insert into longshore.claim (lane, type, claimed_by, worker, taken_at, lease_until)
          values ('quick', 'noop', 'a test', 'foreign', now(), now() + interval '1 hour') returning id)
        update longshore.task set state = 'queued', claim_id = claim.id from claim where task.id = %d
        """
            .formatted(id));
    return id;
  }

  @Test
  void anOngoingTaskIsAskedToStopAndEndsCancelled() {
    long id = rest.submit("sleep", "{\"millis\":60000}");
    rest.await(id, "ongoing");
    refused(rest.post("api/tasks/" + id + "/retry"), "is ongoing");
    Rest.Answer asked = rest.post("api/tasks/" + id + "/cancel");
    assertThat(asked.status()).isEqualTo(202);
    assertThat(asked.json().getBoolean("cancelRequested")).isTrue();
    assertThat(rest.post("api/tasks/" + id + "/cancel").status()).isIn(202, 409);

    rest.await(id, "cancelled");
  }

  @Test
  void aPipelineStopsAtItsNextCheckpointAndARetryGoesOnThere() throws SQLException {
    long id = rest.submit("steps", "{\"items\":200,\"millis\":20}");
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> items(id, 1) > 0);

    assertThat(rest.post("api/tasks/" + id + "/cancel").status()).isEqualTo(202);

    rest.await(id, "cancelled");
    long done = items(id, 1);
    assertThat(done).isBetween(1L, 199L);

    assertThat(rest.post("api/tasks/" + id + "/retry").status()).isEqualTo(200);

    rest.await(id, "succeeded");
    assertThat(items(id, 2)).isEqualTo(200 - done);
    assertThat(
            Cluster.shared()
                .number(
                    "select count(distinct item) from longshore.effect_item where task_id = " + id))
        .isEqualTo(200);
  }

  private static long items(long task, int attempt) throws SQLException {
    return Cluster.shared()
        .number(
            "select count(*) from longshore.effect_item where task_id = %d and attempt = %d"
                .formatted(task, attempt));
  }

  @Test
  void aFailedTaskGetsAllItsAttemptsAgain() {
    long id = rest.submit("{\"type\":\"fail\",\"payload\":{},\"maxAttempts\":1}");
    assertThat(rest.await(id, "failed").getString("error")).isNotBlank();
    JsonObject again = rest.post("api/tasks/" + id + "/retry").json();
    assertThat(again.getInt("attempts")).isZero();
    assertThat(again.isNull("error")).isTrue();
    rest.await(id, "failed");
    assertThat(rest.attempts(id)).hasSize(2);
  }

  /** What went wrong before says nothing any more, whichever way it is asked for. */
  @Test
  void aRetryBeginsWithoutLossesAndOutages() throws SQLException {
    Cluster.shared().execute("insert into longshore.queue (name, paused) values ('stands', true)");
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      long id = rest.submit("{\"type\":\"noop\",\"queue\":\"stands\"}");
      rest.post("api/tasks/" + id + "/cancel");
      Cluster.shared()
          .execute("update longshore.task set losses = 2, outages = 4 where id = " + id);
      ids.add(id);
    }
    rest.post("api/tasks/" + ids.get(0) + "/retry");
    rest.post("api/tasks/retry", "{\"queue\":\"stands\"}");

    assertThat(
            Cluster.shared()
                .query(
                    "select state || ' ' || losses || ' ' || outages from longshore.task"
                        + " where queue = 'stands'",
                    row -> row.getString(1)))
        .containsExactly("pending 0 0", "pending 0 0");
    ids.forEach(id -> rest.post("api/tasks/" + id + "/cancel"));
    Cluster.shared().execute("delete from longshore.queue where name = 'stands'");
  }

  @Test
  void aTaskWhoseUniqueKeyAnotherOneHasStaysAsItIs() {
    String task = "{\"type\":\"noop\",\"uniqueKey\":\"%s\",%s}".formatted(UUID.randomUUID(), LATER);
    long first = rest.submit(task);
    rest.post("api/tasks/" + first + "/cancel");
    long second = rest.submit(task);
    refused(rest.post("api/tasks/" + first + "/retry"), "task " + second + " has its unique key");
    assertThat(rest.task(first).getString("state")).isEqualTo("cancelled");

    rest.post("api/tasks/" + second + "/cancel");
    assertThat(rest.post("api/tasks/" + first + "/retry").status()).isEqualTo(200);
  }

  @Test
  void ofTwoThatTryATaskAgainOneDoes() throws Exception {
    long id = rest.submit("{\"type\":\"noop\",%s}".formatted(LATER));
    rest.post("api/tasks/" + id + "/cancel");

    Rest.Answer slow =
        retriedBeside(
            id,
            "update longshore.task set state = 'pending', run_at = '2100-01-01' where id = " + id);

    refused(slow, "is pending");
    rest.post("api/tasks/" + id + "/cancel");
  }

  @Test
  void aTaskWhoseUniqueKeyIsJustBeingTakenStaysAsItIs() throws Exception {
    UUID key = UUID.randomUUID();
    long id = rest.submit("{\"type\":\"noop\",\"uniqueKey\":\"%s\",%s}".formatted(key, LATER));
    rest.post("api/tasks/" + id + "/cancel");

    Rest.Answer late =
        retriedBeside(
            id,
            "select longshore.enqueue('noop', unique_key => '%s', run_at => '2100-01-01')"
                .formatted(key));

    refused(late, "another task, submitted this moment, has its unique key");
    assertThat(rest.task(id).getString("state")).isEqualTo("cancelled");
  }

  /** The answer of a retry that has begun when the statement had not been committed. */
  private static Rest.Answer retriedBeside(long id, String statementOfAnother) throws Exception {
    CompletableFuture<Rest.Answer> asked;
    try (Connection other = Cluster.shared().connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute(statementOfAnother);
      asked = CompletableFuture.supplyAsync(() -> rest.post("api/tasks/" + id + "/retry"));
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  Cluster.shared()
                          .number(
                              "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                                  + " and datname = current_database()"
                                  + " and query like '%attempts = 0, losses = 0%'")
                      > 0);
      other.commit();
    }
    return asked.get();
  }

  private static void refused(Rest.Answer answer, String why) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(409);
    assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    assertThat(answer.json().getString("detail")).contains(why);
  }

  private static void sql(String text) throws SQLException {
    try (Connection connection = Cluster.shared().connect();
        Statement statement = connection.createStatement()) {
      statement.execute(text);
    }
  }

  private static String one(String query) throws SQLException {
    try (Connection connection = Cluster.shared().connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
