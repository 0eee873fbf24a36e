package dev.longshore.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.story.Cluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Many tasks in one SQL statement: all of them or none. */
@Execution(ExecutionMode.SAME_THREAD)
class EnqueueManyIT {

  private Cluster cluster;
  private String key;

  @BeforeEach
  void start() {
    cluster = Cluster.shared();
    key = UUID.randomUUID().toString();
  }

  @Test
  void payloadsOfOneTypeBecomeTasksInTheirOrder() throws SQLException {
    assertThat(
            many(
                """
                'noop', (select array_agg(jsonb_build_object('n', n)) from generate_series(1, 1000) n),
                priority => 7, run_at => '2100-01-01Z', key => '%s', max_attempts => 2
                """
                    .formatted(key)))
        .isEqualTo(1000);
    assertThat(
            cluster.number(
                """
                select count(*) from (
                    select payload, row_number() over (order by id) as n from longshore.task
                    where key = '%s' and priority = 7 and max_attempts = 2 and run_at = '2100-01-01Z'
                      and queue = 'default' and type = 'noop') t
                where t.payload = jsonb_build_object('n', t.n)
                """
                    .formatted(key)))
        .isEqualTo(1000);
  }

  @Test
  void tasksOfAnyTypeComeAsTheyComeOverRest() throws SQLException {
    String tasks =
        """
        '[{"type": "noop", "key": "KEY", "runAt": "2100-01-01T00:00:00Z", "queue": "mail"},
          {"type": "sleep", "payload": {"millis": 1}, "key": "KEY", "uniqueKey": "KEY", "priority": 9,
           "maxAttempts": 1, "runAt": "2100-01-01T00:00:00Z"},
          {"type": "sleep", "payload": null, "uniqueKey": "KEY"}]'
        """
            .replace("KEY", key);
    assertThat(many(tasks)).as("the third has the second's unique key").isEqualTo(2);
    assertThat(
            cluster.query(
                "select concat_ws(' ', type, queue, priority, max_attempts, payload) from"
                    + " longshore.task where key = '"
                    + key
                    + "' order by id",
                row -> row.getString(1)))
        .satisfiesExactly(
            first -> assertThat(first).startsWith("noop mail 4 ").endsWith(" {}"),
            second -> assertThat(second).isEqualTo("sleep default 9 1 {\"millis\": 1}"));
  }

  @Test
  void oneBadPayloadRefusesAllAndIsNamed() throws SQLException {
    refused("'noop', array['{}', '[]']::jsonb[], key => '" + key + "'")
        .hasMessageContaining("payloads[2] must be a JSON object, not array");
    refused("'noop', array['{}', null]::jsonb[]").hasMessageContaining("payloads[2]");
    refused("'nobody-knows', array['{}']::jsonb[]")
        .hasMessageContaining("Unknown task type \"nobody-knows\"");
    refused("'noop', array['{}']::jsonb[], priority => 10").hasMessageContaining("Priority 10");
    refused("'noop', array['{}']::jsonb[], max_attempts => 0")
        .hasMessageContaining("max_attempts 0");
    assertThat(cluster.number("select count(*) from longshore.task where key = '" + key + "'"))
        .isZero();
  }

  @Test
  void oneBadTaskRefusesAllAndIsNamedByItsIndex() throws SQLException {
    refusedElement("{\"type\":\"nobody-knows\"}", "unknown task type \"nobody-knows\"");
    refusedElement("{}", "has no \"type\"");
    refusedElement("3", "must be a JSON object, not number");
    refusedElement("{\"type\":\"noop\",\"payload\":[]}", "\"payload\" that must be of type object");
    refusedElement("{\"type\":\"noop\",\"priority\":1.5}", "priority 1.5");
    refusedElement("{\"type\":\"noop\",\"maxAttempts\":0}", "maxAttempts 0");
    refusedElement("{\"type\":\"noop\",\"runAt\":\"soon\"}", "no time: \"soon\"");
    refusedElement("{\"type\":\"noop\",\"run_at\":null}", "\"run_at\" that is not known");
    refused("'{}'").hasMessageContaining("must be a JSON array, not object");
    assertThat(cluster.number("select count(*) from longshore.task where key = '" + key + "'"))
        .isZero();
  }

  /** As over REST, where it is 413. */
  @Test
  void aPayloadThatIsTooLongRefusesAllInEveryWayToSubmit() throws SQLException {
    long before = cluster.number("select last_value from longshore.task_id_seq");
    String large = "jsonb_build_object('t', repeat('x', 1048576))";
    String why = "has a payload of 1048585 bytes, and longshore.payload.limit allows 1048576";
    String task = "jsonb_build_object('type', 'noop', 'payload', " + large + ")";
    for (String[] way :
        new String[][] {
          {"enqueue('noop', " + large + ")", "The \"noop\" task " + why},
          {"enqueue_many('noop', array['{}', " + large + "])", "The task of payloads[2] " + why},
          {
            "enqueue_many(jsonb_build_array('{\"type\":\"noop\"}'::jsonb, " + task + "))",
            "The task at index 1 " + why
          },
          {
            "enqueue_group(jsonb_build_array(" + task + "), '{\"type\":\"noop\"}')",
            "The task at index 0 " + why
          },
          {"enqueue_group('[{\"type\":\"noop\"}]', " + task + ")", "The completion " + why},
        }) {
      violated(() -> cluster.number("select longshore." + way[0]), "54000")
          .hasMessageContaining(way[1] + ": nothing was submitted.")
          .hasMessageContaining("LONGSHORE_PAYLOAD_LIMIT");
    }
    assertThat(
            cluster.number(
                "select count(*) from longshore.task where octet_length(payload::text) > 1048576 and id > "
                    + before))
        .isZero();
  }

  /** As over REST, where it is 422. */
  @Test
  void whatTheNamesAndTimesOfATaskMayBeIsTheSameInEveryWayToSubmit() {
    for (String[] wrong :
        new String[][] {
          {"queue", "'a queue'", "has the queue \"a queue\"; up to 100 letters"},
          {"key", "repeat('k', 256)", "has a key of 256 characters; 1 to 255 are allowed"},
          {"key", "''", "has a key of 0 characters"},
          {"run_at", "'infinity'", "is to run at infinity; a time in the years 1970 to 9999"},
        }) {
      String argument = wrong[0] + " => " + wrong[1];
      String member =
          "'%s', %s".formatted(wrong[0].equals("run_at") ? "runAt" : wrong[0], wrong[1] + "::text");
      for (String way :
          new String[] {
            "enqueue('noop', '{}', " + argument + ")",
            "enqueue_many('noop', array['{}']::jsonb[], " + argument + ")",
            "enqueue_many(jsonb_build_array(jsonb_build_object('type', 'noop', " + member + ")))",
          }) {
        violated(() -> cluster.number("select longshore." + way), "22023")
            .hasMessageContaining(wrong[2])
            .hasMessageContaining("nothing was submitted.");
      }
    }
    violated(
            () ->
                cluster.number(
                    "select longshore.enqueue('noop', '{}', unique_key => repeat('k', 256))"),
            "22023")
        .hasMessageContaining("has a unique key of 256 characters; 1 to 255 are allowed");
    violated(
            () ->
                cluster.number(
                    "select longshore.enqueue('noop', '{}', after => array_fill(1::bigint, array[10001]))"),
            "22023")
        .hasMessageContaining("comes after 10001 tasks; 10000 are allowed");
  }

  @Test
  void aTaskOfATypeThatNobodyHasDeclaredIsRefusedHoweverItIsInserted() throws SQLException {
    violated(
            () ->
                cluster.execute(
                    """
                    insert into longshore.task (type, queue, priority, max_attempts, key, run_at)
                    values ('noop', 'default', 4, 5, '%1$s', '2100-01-01Z'),
                           ('nobody-knows', 'default', 4, 5, '%1$s', '2100-01-01Z')
                    """
                        .formatted(key)))
        .hasMessageContaining("Unknown task type \"nobody-knows\": nothing was submitted.");
    assertThat(cluster.number("select count(*) from longshore.task where key = '" + key + "'"))
        .isZero();
  }

  @Test
  void aTypeThatHasTasksIsNeitherDeletedNorRenamed() throws SQLException {
    declareType();
    cluster.execute(insert());
    String moved = "update longshore.task set %s where type = '" + key + "'";
    for (String stands :
        new String[] {
          "state = 'pending'",
          "state = 'queued', claim_id = 0",
          "state = 'cancelled', claim_id = null, ended_at = now()"
        }) {
      cluster.execute(moved.formatted(stands));
      violated(() -> cluster.execute(delete()))
          .as(stands)
          .hasMessageContaining("Task type \"" + key + "\" has tasks");
      violated(
              () ->
                  cluster.execute(
                      "update longshore.task_type set name = 'x' where name = '" + key + "'"))
          .as(stands)
          .hasMessageContaining("neither deleted nor renamed");
    }
    cluster.execute("delete from longshore.task where type = '" + key + "'");
    cluster.execute(delete());
    assertThat(
            cluster.number(
                "select count(*) from longshore.task_type where name = '%s'".formatted(key)))
        .isZero();
  }

  @Test
  void aTypeIsNotDeletedWhileSomebodySubmitsTheFirstTaskOfIt() throws Exception {
    declareType();
    CompletableFuture<Void> deleting;
    try (Connection submitter = cluster.connect();
        Statement statement = submitter.createStatement()) {
      submitter.setAutoCommit(false);
      statement.execute(insert());
      deleting = CompletableFuture.runAsync(() -> violated(() -> cluster.execute(delete())));
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  deleting.isDone()
                      || cluster.number(
                              """
                              select count(*) from pg_stat_activity
                              where wait_event_type = 'Lock' and datname = current_database()
                                and query = $$%s$$
                              """
                                  .formatted(delete()))
                          == 1);
      submitter.commit();
    }
    assertThat(deleting).succeedsWithin(Duration.ofSeconds(30));
    cluster.execute("delete from longshore.task where type = '" + key + "'");
    cluster.execute(delete());
  }

  private void declareType() throws SQLException {
    cluster.execute(
        """
        insert into longshore.task_type (name, lane, queue, priority, max_attempts,
            backoff_seconds, backoff_factor, backoff_cap)
        values ('%s', 'long', 'default', 4, 5, 1, 2, 300)
        """
            .formatted(key));
  }

  private String insert() {
    return """
        insert into longshore.task (type, queue, priority, max_attempts, run_at)
        values ('%s', 'default', 4, 5, '2100-01-01Z')
        """
        .formatted(key);
  }

  private String delete() {
    return "delete from longshore.task_type where name = '" + key + "'";
  }

  /** As a foreign key would refuse it. */
  private static AbstractThrowableAssert<?, ? extends Throwable> violated(ThrowingCallable work) {
    return violated(work, "23503");
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> violated(
      ThrowingCallable work, String state) {
    return assertThatThrownBy(work)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
  }

  private void refusedElement(String element, String why) {
    refused("'[{\"type\": \"noop\", \"key\": \"%s\"}, %s]'".formatted(key, element))
        .hasMessageContaining("The task at index 1 ")
        .hasMessageContaining(why);
  }

  private AbstractThrowableAssert<?, ? extends Throwable> refused(String arguments) {
    return assertThatThrownBy(() -> many(arguments))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("nothing was submitted")
        .extracting(e -> (SQLException) e)
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("22023"))
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.THROWABLE);
  }

  private long many(String arguments) throws SQLException {
    return cluster.number("select longshore.enqueue_many(" + arguments + ")");
  }
}
