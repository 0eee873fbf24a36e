package dev.longshore.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.local.Node;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Event workers are shared between nodes; when a node is killed another goes on with its workers,
 * and one that stops gives them up in good order.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EventWorkerTakeoverIT {

  private static final Duration PROMISE = Duration.ofSeconds(10);
  private static final Duration SOON = Duration.ofMinutes(1);

  /** With {@code diagnostic} and {@code summary} twelve. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "LONGSHORE_DIAGNOSTICS_EVENT_WORKERS", "10",
          "LONGSHORE_EVENT_WORKER_LOAD_TIME_LIMIT", "PT5M",
          "LONGSHORE_DRAIN_TIMEOUT", "PT4S");

  /** Of a millisecond each: the kill comes while their burst is under way. */
  private static final int MESSAGES = 3_000;

  private static Cluster cluster;
  private static Node left;
  private static Node right;
  private static Node heir;

  @BeforeAll
  static void start() {
    cluster = Cluster.named("event-workers");
    left = cluster.starting("left", SETTINGS);
    right = cluster.starting("right", SETTINGS);
    left.awaitReady(Duration.ofMinutes(3));
    right.awaitReady(Duration.ofMinutes(3));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  @Order(1)
  void eachNodeComesToItsShareOfTheWorkers() {
    await().atMost(SOON).until(() -> owners().equals(List.of("left 6", "right 6")));
  }

  @Test
  @Order(2)
  void everyMessageIsHandledOnceAndInOrderAcrossACrash() throws Exception {
    // What is taken over from a node that was killed is tried alone, and counted.
    cluster.execute(
        """
        create table suspects (message_id bigint, losses int);
        create function suspect() returns trigger language plpgsql as
        $$ begin insert into suspects values (new.suspect_id, new.losses); return null; end $$;
        create trigger suspect after update of suspect_id on longshore.event_worker
            for each row when (new.name = 'diagnostic' and new.suspect_id > 0)
            execute function suspect();
        """);
    String owner = worker(left, "diagnostic").getString("node");
    Node victim = owner.equals("left") ? left : right;
    heir = owner.equals("left") ? right : left;
    Rest rest = Rest.of(heir, "operator");
    String message = "{\"name\":\"diagnostic/effect\",\"payload\":{\"millis\":1}}\n";
    assertThat(
            rest.post("api/messages/bulk", message.repeat(MESSAGES), "application/x-ndjson").text())
        .isEqualTo("{\"appended\":" + MESSAGES + "}");
    await().atMost(SOON).pollInterval(Duration.ofMillis(1)).until(() -> handled() > 0);
    victim.kill();
    long killed = System.nanoTime();

    // Behind the crash, what is appended to the one that is left is handled there.
    assertThat(rest.post("api/messages", message).status()).isEqualTo(201);
    await("another node goes on")
        .atMost(PROMISE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> nodes().size() == 2);
    System.out.printf(
        "EventWorkerTakeoverIT: taken over %d ms after the kill%n",
        (System.nanoTime() - killed) / 1_000_000);
    await().atMost(SOON).until(() -> handled() == MESSAGES + 1);
    List<Long> handled =
        cluster.query(
            "select message_id from longshore.effect_message order by n", row -> row.getLong(1));
    assertThat(handled)
        .containsExactlyElementsOf(
            cluster.query(
                "select id from longshore.message where name = 'diagnostic/effect' order by id",
                row -> row.getLong(1)));
    assertThat(nodes()).containsExactly("left", "right");
    JsonObject worker = worker(heir, "diagnostic");
    assertThat(worker.getString("status")).isEqualTo("running");
    assertThat(worker.getString("node")).isNotEqualTo(owner);
    assertThat(worker.getInt("deadLetters")).isZero();
    assertThat(cluster.query("select losses from suspects", row -> row.getInt(1)))
        .containsExactly(1);
    await().atMost(SOON).until(() -> owners().equals(List.of(worker.getString("node") + " 12")));
  }

  @Test
  @Order(3)
  void aNodeThatStopsWaitsForHandlersUpToALimit() throws Exception {
    await().atMost(SOON).until(() -> bursts() == 0);
    Rest rest = Rest.of(heir, "operator");
    int ends =
        rest.post("api/messages", "{\"name\":\"diagnostic/effect\",\"payload\":{\"millis\":2000}}")
            .json()
            .getInt("id");
    int doesNot =
        rest.post("api/messages", "{\"name\":\"load-1/0\",\"payload\":{\"millis\":200000}}")
            .json()
            .getInt("id");
    await().atMost(SOON).pollInterval(Duration.ofMillis(20)).until(() -> bursts() == 2);

    heir.signal("TERM");

    await().atMost(SOON).until(() -> !heir.process().isAlive());
    assertThat(
            cluster.number(
                "select count(*) from longshore.effect_message where message_id = " + ends))
        .isEqualTo(1);
    assertThat(
            cluster.query(
                "select (position >= %d) || ' ' || failures from longshore.event_worker where name = 'load-1'"
                    .formatted(doesNot),
                row -> row.getString(1)))
        .containsExactly("false 0");
    assertThat(owners()).containsExactly("nobody 12");
  }

  private static long handled() throws Exception {
    return cluster.number("select count(*) from longshore.effect_message");
  }

  private static List<String> nodes() throws Exception {
    return cluster.query(
        "select distinct node from longshore.effect_message order by 1", row -> row.getString(1));
  }

  private static List<String> owners() throws Exception {
    return cluster.query(
        """
        select coalesce(owner, 'nobody') || ' ' || count(*) from longshore.event_worker
        group by owner order by 1
        """,
        row -> row.getString(1));
  }

  /** Jobs of event workers that are under way. */
  private static long bursts() throws Exception {
    return cluster.number(
        """
        select count(*) from longshore.job_execution j
        join longshore.event_worker e on e.job_instance = j.instance_id
        where j.status in ('STARTING', 'STARTED', 'STOPPING')
        """);
  }

  private static JsonObject worker(Node node, String name) {
    return Rest.of(node, "viewer").get("api/event-workers/" + name).json();
  }
}
