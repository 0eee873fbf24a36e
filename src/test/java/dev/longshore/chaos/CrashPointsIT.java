package dev.longshore.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.chaos.History.Submission;
import dev.longshore.local.Installation;
import dev.longshore.local.Node;
import dev.longshore.local.StartException;
import dev.longshore.story.Cluster;
import dev.longshore.story.Rest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jboss.byteman.rule.exception.ExecuteException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Nodes are killed at exact lines, by Byteman in their JVMs, while they share work with another
 * one, which finishes it. The history of all that happened is judged like that of a chaos run. Two
 * at a time, each at a point of its own: two nodes start in less than twice the time of one.
 */
class CrashPointsIT {

  private static final String CLUSTER = "crash";
  private static final int AT_ONCE = 2;

  /** What Byteman ends a JVM with. */
  private static final int KILLED = 255;

  /** The victims recover what is lost before the rescuer does: some of them are to die of it. */
  private static final Map<String, String> SETTINGS = settings("PT0.1S");

  private static final Map<String, String> OF_THE_RESCUER = settings("PT5S");

  private static final List<Submission> SUBMISSIONS = new ArrayList<>();

  private static Cluster cluster;

  /** Those of the next pair, already starting. */
  private static Map<CrashPoint, Node> victims;

  @BeforeAll
  static void start() throws IOException {
    cluster = Cluster.unmeasured(CLUSTER);
    victims = start(pairs().get(0));
    cluster.node("rescuer", OF_THE_RESCUER);
  }

  private static Map<String, String> settings(String recoverInterval) {
    return Map.of(
        "LONGSHORE_WORKER_LEASE", "PT2S",
        "LONGSHORE_RECOVER_INTERVAL", recoverInterval,
        // What a lost node has claimed does not wait for it.
        "LONGSHORE_DISPATCH_TIMEOUT", "PT1H",
        "LONGSHORE_RECOVER_MAX_LOSSES", "100");
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /**
   * A node's start a point: {@code mvn verify} has time for those that lie next to a commit, {@code
   * -Dlongshore.crash-points=all} goes through every one.
   */
  private static List<CrashPoint> points() {
    Set<CrashPoint> points =
        new LinkedHashSet<>(
            List.of(
                CrashPoint.AFTER_THE_CLAIM_BEFORE_THE_SEND,
                CrashPoint.BEFORE_A_WITHDRAWAL_COMMITS,
                CrashPoint.AFTER_THE_TAKE_OF_A_LONG_TASK,
                CrashPoint.BEFORE_A_RECOVERY_COMMITS,
                CrashPoint.BEFORE_A_QUICK_TAKE_COMMITS,
                CrashPoint.BEFORE_A_QUICK_CHUNK_COMMITS,
                CrashPoint.BEFORE_A_LONG_SETTLEMENT_COMMITS,
                CrashPoint.BEFORE_A_LONG_TASK_IS_ACKNOWLEDGED));
    if (System.getProperty("longshore.crash-points", "").equals("all")) {
      points.addAll(List.of(CrashPoint.values()));
    }
    return List.copyOf(points);
  }

  static List<List<CrashPoint>> pairs() {
    List<CrashPoint> points = points();
    return IntStream.range(0, (points.size() + AT_ONCE - 1) / AT_ONCE)
        .mapToObj(i -> points.subList(i * AT_ONCE, Math.min((i + 1) * AT_ONCE, points.size())))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void whereverNodesAreKilledEveryTaskEndsOnce(List<CrashPoint> pair) throws Exception {
    Map<CrashPoint, Node> now = victims;
    now.values().forEach(CrashPointsIT::awaitReady);
    for (int round = 1; isAnyAlive(now) && round <= 100; round++) {
      for (Map.Entry<CrashPoint, Node> victim : now.entrySet()) {
        if (victim.getValue().process().isAlive()) {
          submit(Rest.of(victim.getValue(), "operator"), victim.getKey(), round);
        }
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
    now.values().forEach(Node::kill); // no more than their process ids, where all went well

    // The next ones start while the other node still finishes.
    int next = pairs().indexOf(pair) + 1;
    if (next < pairs().size()) {
      victims = start(pairs().get(next));
    }
    for (Map.Entry<CrashPoint, Node> victim : now.entrySet()) {
      assertThat(victim.getValue().process().waitFor())
          .as("killed at %s, or otherwise", victim.getKey())
          .isEqualTo(KILLED);
    }
    Awaitility.await("all has ended after " + pair)
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                cluster.number("select count(*) from longshore.task where state <> 'succeeded'")
                    == 0);
    try (Connection connection = cluster.connect()) {
      History history =
          new Collect(connection)
              .history(
                  SUBMISSIONS,
                  Set.of(),
                  Set.of(),
                  List.of(),
                  List.of(),
                  List.of(),
                  List.of());
      assertThat(Rule.checkAll(history)).isEmpty();
    }
  }

  private static boolean isAnyAlive(Map<CrashPoint, Node> nodes) {
    return nodes.values().stream().anyMatch(node -> node.process().isAlive());
  }

  /** Quick tasks one by one and pipelines together, so that every point is passed. */
  private static void submit(Rest rest, CrashPoint point, int round) {
    for (int i = 1; i <= 10; i++) {
      String label = point + "-" + round + "-" + i;
      submit(rest, "effect", 0, "{\"name\":\"crash\"}", List.of(label));
    }
    // More than one at once: claims that are sent together are sent in a transaction.
    List<String> labels =
        List.of(point + "-" + round + "-a", point + "-" + round + "-b", point + "-" + round + "-c");
    submit(rest, "steps", 40, "{\"items\":40,\"millis\":1}", labels);
    group(rest, point + "-" + round + "-g");
  }

  /** Two and one that comes after them. */
  private static void group(Rest rest, String name) {
    String task = "{\"type\":\"effect\",\"uniqueKey\":\"%s\",\"payload\":{\"name\":\"crash\"}}";
    List<String> labels = List.of(name + "-1", name + "-2", name + "-last");
    String group =
        "{\"tasks\":[%s,%s],\"completion\":%s}"
            .formatted(labels.stream().map(task::formatted).toArray());
    long acknowledged = 0;
    try {
      acknowledged = rest.post("api/groups", group).status() / 100 == 2 ? 1 : 0;
    } catch (UncheckedIOException e) {
      // It died.
    }
    for (String label : labels) {
      SUBMISSIONS.add(new Submission(label, "effect", null, 0, 0, acknowledged));
    }
  }

  /** The victim may die while it answers: then nobody knows whether the tasks are there. */
  private static void submit(
      Rest rest, String type, int items, String payload, List<String> labels) {
    StringBuilder lines = new StringBuilder();
    for (String label : labels) {
      lines.append(
          "{\"type\":\"%s\",\"uniqueKey\":\"%s\",\"payload\":%s}\n"
              .formatted(type, label, payload));
    }
    long acknowledged = 0;
    try {
      int status = rest.post("api/tasks/bulk", lines.toString(), "application/x-ndjson").status();
      acknowledged = status / 100 == 2 ? 1 : 0;
    } catch (UncheckedIOException e) {
      // It died.
    }
    for (String label : labels) {
      SUBMISSIONS.add(new Submission(label, type, null, items, 0, acknowledged));
    }
  }

  private static Map<CrashPoint, Node> start(List<CrashPoint> pair) throws IOException {
    Map<CrashPoint, Node> started = new LinkedHashMap<>();
    for (CrashPoint point : pair) {
      String name = "victim-" + (started.size() + 1);
      arm(point, name);
      started.put(point, cluster.starting(name, SETTINGS));
    }
    return started;
  }

  /** Or dead: it may have come to its point with what was left to be done. */
  private static void awaitReady(Node node) {
    try {
      node.awaitReady(Duration.ofMinutes(3));
    } catch (StartException e) {
      assertThat(node.process().isAlive()).as(e.getMessage()).isFalse();
    }
  }

  /** Has the next start of the node of that name begin with the rule. */
  private static void arm(CrashPoint point, String name) throws IOException {
    Path server =
        Installation.current()
            .target()
            .resolve("it/%s-%s/liberty/servers/longshore".formatted(CLUSTER, name));
    Path options = Files.createDirectories(server.resolve("configDropins/defaults"));
    Path script = Files.writeString(server.resolve("crash.btm"), point.rule());
    // What a rule calls is on the boot class path, where an OSGi bundle looks for what it is told.
    Files.writeString(
        server.resolve("bootstrap.properties"),
        "org.osgi.framework.bootdelegation=org.jboss.byteman.*\n");
    Path byteman =
        Path.of(
            ExecuteException.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    Files.writeString(
        options.resolve("jvm.options"),
        "-javaagent:%1$s=script:%2$s,boot:%1$s\n".formatted(byteman, script));
  }
}
