package dev.longshore.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.local.Node;
import jakarta.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A node whose lines to PostgreSQL, to Artemis or to both go dead without a word settles nothing
 * that is no longer its own, and works again by itself when they are mended; after a {@link Minute}
 * where that is wanted.
 */
class CutOffNodeIT {

  private enum Cut {
    DATABASE,
    BROKER,
    BOTH
  }

  private static final int PIPELINES = 6;
  private static final int ITEMS = Minute.items(120, 1_400);

  private static Cluster cluster;
  private static CutLine database;
  private static CutLine broker;
  private static Node near;
  private static Node far;

  @BeforeAll
  static void start() {
    cluster = Cluster.named("cut-off");
    database = CutLine.to(cluster.servers().dbUrl());
    broker = CutLine.to(cluster.servers().brokerUrl());
    // It has not the slots for all of the pipelines: the far one gets some, however quick it is.
    Map<String, String> fewSlots = new HashMap<>(Minute.lease());
    fewSlots.put("LONGSHORE_LONG_CONCURRENCY", "4");
    fewSlots.put("LONGSHORE_ISSUE_COMMAND", IssueCommand.TEMPLATE);
    near = cluster.starting("near", fewSlots);
    Map<String, String> overLines = new HashMap<>(Minute.lease());
    overLines.put("LONGSHORE_ISSUE_COMMAND", IssueCommand.TEMPLATE);
    overLines.put("LONGSHORE_DB_URL", database.over(cluster.servers().dbUrl()));
    overLines.put("LONGSHORE_BROKER_PORT", Integer.toString(broker.port()));
    far = cluster.starting("far", overLines);
    near.awaitReady(Duration.ofMinutes(3));
    far.awaitReady(Duration.ofMinutes(3));
  }

  @AfterAll
  static void stop() {
    cluster.close();
    database.close();
    broker.close();
  }

  @ParameterizedTest
  @EnumSource(Cut.class)
  void itLosesNothingSettlesNothingTwiceAndGoesOn(Cut cut) throws Exception {
    Rest rest = Rest.of(near, "operator");
    long[] tasks =
        LongStream.range(0, PIPELINES)
            .map(i -> rest.submit("steps", "{\"items\":%d,\"millis\":50}".formatted(ITEMS)))
            .toArray();
    String in =
        LongStream.of(tasks).mapToObj(Long::toString).collect(Collectors.joining(", ", "(", ")"));
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                cluster.number(
                        "select count(*) from longshore.effect_item where worker = 'far' and item >= 20"
                            + " and task_id in "
                            + in)
                    > 0);

    long silent = System.nanoTime();
    if (cut != Cut.BROKER) {
      database.silence();
    }
    if (cut != Cut.DATABASE) {
      broker.silence();
    }
    // New work comes while it is cut off.
    StringBuilder effects = new StringBuilder();
    for (int i = 0; i < 500; i++) {
      effects.append("{\"type\":\"effect\",\"payload\":{\"name\":\"").append(cut).append("\"}}\n");
    }
    rest.post("api/tasks/bulk", effects.toString(), "application/x-ndjson");
    if (cut == Cut.BROKER) {
      // It has the database: what it runs stays its own, and ends.
      Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> unfinished(in) == 0);
    } else {
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .until(
              () ->
                  cluster.number(
                          "select count(*) from longshore.attempt where outcome = 'lost' and task_id in "
                              + in)
                      > 0);
    }
    Minute.pass(silent);
    database.mend();
    broker.mend();

    for (long task : tasks) {
      rest.await(task, "succeeded");
    }
    assertThat(
            cluster.query(
                "select task_id || ' ' || count(*) || ' ' || count(distinct item) from longshore.effect_item"
                    + " where task_id in "
                    + in
                    + " group by task_id order by task_id",
                row -> row.getString(1)))
        .containsExactlyElementsOf(
            LongStream.of(tasks).mapToObj(t -> t + " " + ITEMS + " " + ITEMS).toList());
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> effects(cut) >= 500);
    assertThat(effects(cut)).isEqualTo(500);
    assertThat(
            cluster.number(
                """
                select count(*) from (
                    select task_id from longshore.audit where to_state in ('succeeded', 'failed')
                    group by task_id having count(*) > 1) twice
                """))
        .isZero();

    // By itself it works again.
    Awaitility.await().atMost(Duration.ofSeconds(45)).until(far::isReady);
    long since = cluster.number("select max(id) from longshore.task");
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> {
              rest.submit("sleep", "{\"millis\":100}"); // either may get it: one more each time
              return cluster.number(
                      """
                      select count(*) from longshore.attempt
                      where worker = 'far' and outcome = 'succeeded' and task_id > %d
                      """
                          .formatted(since))
                  > 0;
            });
  }

  /**
   * Its second attempt does not end before the first one's process has: both run on this machine.
   */
  @Test
  void aCommandEndsWithTheLeaseOfItsNodeAlsoWhenPostgresqlKeepsSilent(@TempDir Path directory)
      throws Exception {
    Rest rest = Rest.of(near, "operator");
    Path begun = directory.resolve("begun");
    Path ended = directory.resolve("ended");
    rest.post("api/workers/near/drain?timeout=PT1H");
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !near.isReady());
    int issue =
        rest.post(
                "api/issues",
                Json.createObjectBuilder()
                    .add(
                        "description",
                        """
                        if [ $LONGSHORE_ATTEMPT = 1 ]
                        then trap 'touch %2$s; exit 1' TERM; touch %1$s; while :; do echo on; sleep 0.1; done
                        else until [ -e %2$s ]; do sleep 0.1; done
                        fi
                        """
                            .formatted(begun, ended))
                    .build()
                    .toString())
            .json()
            .getInt("id");
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(begun));

    database.silence();
    rest.post("api/workers/near/undrain");
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              Rest.Answer ready = Rest.anonymous(far).get("health/ready");
              return ready.status() == 503 && ready.text().contains("PostgreSQL does not answer");
            });
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> rest.get("api/issues/" + issue).json().getString("status").equals("completed"));

    database.mend();
    Awaitility.await().atMost(Duration.ofSeconds(45)).until(far::isReady);
  }

  private static long unfinished(String in) throws Exception {
    return cluster.number(
        "select count(*) from longshore.task where state <> 'succeeded' and id in " + in);
  }

  private static long effects(Cut cut) throws Exception {
    return cluster.number("select count(*) from longshore.effect where name = '" + cut + "'");
  }
}
