package dev.longshore.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.story.Cluster;
import java.sql.SQLException;
import java.util.UUID;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many tasks in one SQL statement: all of them or none. */
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
