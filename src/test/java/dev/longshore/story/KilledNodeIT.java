package dev.longshore.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.local.Node;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What a node that is killed was running goes on elsewhere, soon and where it was. */
@TestMethodOrder(OrderAnnotation.class)
class KilledNodeIT {

  private static final Map<String, String> SETTINGS =
      Map.of("LONGSHORE_ISSUE_COMMAND", IssueCommand.TEMPLATE);

  /** What the product promises for the rescue of a killed node's work. */
  private static final Duration PROMISE = Duration.ofSeconds(10);

  private static final int ITEMS = 25;

  private static final Cluster CLUSTER = Cluster.named("killed");
  private static final Map<String, Node> NODES = new HashMap<>();

  @TempDir private Path directory;

  @BeforeAll
  static void start() {
    List.of("left", "right").forEach(id -> NODES.put(id, CLUSTER.starting(id, SETTINGS)));
    NODES.values().forEach(node -> node.awaitReady(Duration.ofMinutes(3)));
    // Who judges others has to have stood for some seconds itself.
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                CLUSTER.number(
                        """
                        select count(*) from longshore.worker
                        where state = 'active' and session_at < clock_timestamp() - interval '6 s'
                        """)
                    == 2);
  }

  @AfterAll
  static void stop() {
    CLUSTER.close();
  }

  @Test
  @Order(1)
  void itsWorkBeginsElsewhereWithinTenSecondsAndNothingThatHadEndedRunsAgain() throws Exception {
    Rest rest = rest();
    Map<String, Long> handlers = onEach("sleep");
    Map<String, Long> quick = onEach("nap");
    long parts = rest.submit("parts", "{\"items\":%d,\"millis\":60}".formatted(ITEMS));
    // Of the four, the left flow and the first partition have ended, the last one has not.
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> items(parts, 0) == ITEMS && items(parts, 1) == ITEMS && ended(parts, 0));
    assertThat(items(parts, 3)).isBetween(1L, ITEMS - 1L);

    String victim = worker(parts, 1);
    NODES.remove(victim).kill();
    long killed = System.nanoTime();
    Awaitility.await("the second attempt of each")
        .atMost(PROMISE)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () ->
                attempts(parts) == 2
                    && attempts(handlers.get(victim)) == 2
                    && attempts(quick.get(victim)) == 2);
    System.out.printf(
        "KilledNodeIT: rescued %d ms after the kill%n", (System.nanoTime() - killed) / 1_000_000);

    rest().await(parts, "succeeded");
    assertThat(worker(parts, 2)).isNotEqualTo(victim);
    CLUSTER
        .query(
            "select id from longshore.task where type in ('sleep', 'nap') and ended_at is null",
            row -> row.getLong(1))
        .forEach(id -> rest().post("api/tasks/" + id + "/cancel"));
    assertThat(
            CLUSTER.query(
                "select item from longshore.effect_item where task_id = " + parts,
                row -> row.getInt(1)))
        .hasSize(4 * ITEMS)
        .doesNotHaveDuplicates();
    // What each attempt ran, by the job's own record.
    assertThat(
            CLUSTER.query(
                """
                select a.number || ' ' || s.step_name || coalesce(' ' || p.partition, '')
                from longshore.job_execution j
                join longshore.attempt a on a.task_id = j.task_id and a.claim_id = j.claim_id
                join longshore.step_execution s on s.job_execution_id = j.id
                left join longshore.partition_execution p on p.step_execution_id = s.id
                where j.task_id = %d
                """
                    .formatted(parts),
                row -> row.getString(1)))
        .containsExactlyInAnyOrder(
            "1 alone", "1 parted 0", "1 parted 1", "1 parted 2", "2 parted 1", "2 parted 2");
  }

  /** With the node that the other test has left. */
  @Test
  @Order(2)
  void aNodeThatComesBackRecoversWhatItsEarlierLifeRanBeforeItClaimsAnything() throws Exception {
    Path pid = directory.resolve("pid");
    Rest.Answer issue =
        rest()
            .post(
                "api/issues",
                "{\"description\":\"[ $LONGSHORE_ATTEMPT = 2 ] && exit; echo $$ > %s; sleep 1005\"}"
                    .formatted(pid));
    assertThat(issue.status()).as(issue.text()).isEqualTo(201);
    long id = issue.json().getJsonNumber("task").longValue();
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(pid));
    ProcessHandle command =
        ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
    String victim = worker(id, 1);

    NODES.values().forEach(Node::kill);
    NODES.clear();
    long waiting =
        CLUSTER.number("select longshore.enqueue('noop', '{}')"); // to be claimed when one is back
    command.onExit().get(30, TimeUnit.SECONDS); // it does not run on beside its next attempt
    NODES.put(victim, CLUSTER.node(victim, SETTINGS));

    rest().await(id, "succeeded");
    rest().await(waiting, "succeeded");
    assertThat(
            CLUSTER.query(
                "select outcome from longshore.attempt where task_id = " + id + " order by number",
                row -> row.getString(1)))
        .containsExactly("lost", "succeeded");
    assertThat(
            CLUSTER.query(
                """
                select a.actor || ' ' || a.from_state || ' ' || a.to_state || ' ' || a.outcome || ' ' ||
                    (a.at < (select min(started_at) from longshore.attempt where task_id = %d))
                from longshore.audit a where a.task_id = %d and a.outcome = 'lost'
                """
                    .formatted(waiting, id),
                row -> row.getString(1)))
        .containsExactly(victim + " ongoing pending lost true");
  }

  /**
   * A task of the type that runs on for long, by the node that runs it. Artemis may give one node
   * as many as it has sessions before the other's turn comes; they must not keep its slots.
   */
  private static Map<String, Long> onEach(String type) throws Exception {
    Map<String, Long> found = new HashMap<>();
    for (int submitted = 0; found.size() < 2; submitted++) {
      assertThat(submitted).as("all of which one node has taken").isLessThan(20);
      long task = rest().submit(type, "{\"millis\":600000}");
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> attempts(task) == 1);
      if (found.putIfAbsent(worker(task, 1), task) != null) {
        rest().post("api/tasks/" + task + "/cancel");
      }
    }
    return found;
  }

  private static Rest rest() {
    return Rest.of(NODES.values().iterator().next(), "operator");
  }

  private static long items(long task, int part) throws Exception {
    return CLUSTER.number(
        "select count(*) from longshore.effect_item where task_id = %d and (item - 1) / %d = %d"
            .formatted(task, ITEMS, part));
  }

  private static boolean ended(long task, int partition) throws Exception {
    return CLUSTER.number(
            """
            select count(*) from longshore.partition_execution p
            join longshore.step_execution s on s.id = p.step_execution_id
            join longshore.job_execution j on j.id = s.job_execution_id
            where j.task_id = %d and p.partition = %d and p.status = 'COMPLETED'
            """
                .formatted(task, partition))
        == 1;
  }

  private static long attempts(long task) throws Exception {
    return CLUSTER.number("select count(*) from longshore.attempt where task_id = " + task);
  }

  private static String worker(long task, int attempt) throws Exception {
    return CLUSTER
        .query(
            "select worker from longshore.attempt where task_id = %d and number = %d"
                .formatted(task, attempt),
            row -> row.getString(1))
        .get(0);
  }
}
