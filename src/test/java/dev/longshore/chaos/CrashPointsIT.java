package dev.longshore.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.local.Installation;
import dev.longshore.local.Node;
import dev.longshore.local.StartException;
import dev.longshore.story.Cluster;
import dev.longshore.story.Rest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
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

  private static final Map<String, String> OF_THE_RESCUER = settings("PT10S");

  private static final CrashLoad LOAD = new CrashLoad();

  private static final String OPEN =
      """
      select count(*) from longshore.task
      where state in ('pending', 'queued', 'ongoing') or state = 'failed' and type = 'fail'
      """;

  private static Cluster cluster;
  private static Rest rescuer;

  /** Those of the next pair, already starting. */
  private static Map<CrashPoint, Node> victims;

  @BeforeAll
  static void start() throws IOException {
    cluster = Cluster.unmeasured(CLUSTER);
    victims = start(pairs().get(0));
    rescuer = Rest.of(cluster.node("rescuer", OF_THE_RESCUER), "operator");
  }

  private static Map<String, String> settings(String recoverInterval) {
    return Map.of(
        "LONGSHORE_WORKER_LEASE", "PT2S",
        "LONGSHORE_RECOVER_INTERVAL", recoverInterval,
        // What a lost node has claimed does not wait for it.
        "LONGSHORE_DISPATCH_TIMEOUT", "PT1H",
        // Before a pipeline has come to the end of an item: it is settled without it.
        "LONGSHORE_STOP_ABANDON", "PT1S",
        "LONGSHORE_RECOVER_MAX_LOSSES", "100");
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /**
   * A node's start a point: {@code mvn verify} has time for eight that lie next to a commit, {@code
   * -Dlongshore.crash-points=all} goes through every one, {@code =NAME,NAME} through those.
   */
  private static List<CrashPoint> points() {
    String which = System.getProperty("longshore.crash-points", "");
    if (!which.isEmpty() && !which.equals("all")) {
      return Arrays.stream(which.split(",")).map(CrashPoint::valueOf).toList();
    }
    Set<CrashPoint> points =
        new LinkedHashSet<>(
            List.of(
                CrashPoint.AFTER_THE_CLAIM_BEFORE_THE_SEND,
                CrashPoint.BEFORE_A_WITHDRAWAL_COMMITS,
                CrashPoint.AFTER_THE_TAKE_OF_A_LONG_TASK,
                CrashPoint.BEFORE_A_RECOVERY_COMMITS,
                CrashPoint.AFTER_THE_TAKE_OF_A_QUICK_CLAIM,
                CrashPoint.BEFORE_A_QUICK_CHUNK_COMMITS,
                CrashPoint.BEFORE_A_LONG_SETTLEMENT_COMMITS,
                CrashPoint.BEFORE_A_LONG_TASK_IS_ACKNOWLEDGED));
    if (which.equals("all")) {
      // Two more that die of what another one has left: they need that other one beside them.
      points.addAll(
          List.of(
              CrashPoint.BEFORE_A_LONE_SEND,
              CrashPoint.AFTER_A_WITHDRAWAL,
              CrashPoint.BEFORE_THE_SEND_COMMITS,
              CrashPoint.AFTER_A_RECOVERY));
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
    limit(now.keySet().stream().anyMatch(point -> point.work() == CrashPoint.Work.LIMITED));
    for (int round = 1; isAnyAlive(now) && round <= 100; round++) {
      for (Map.Entry<CrashPoint, Node> victim : now.entrySet()) {
        if (victim.getValue().process().isAlive()) {
          LOAD.submit(Rest.of(victim.getValue(), "operator"), victim.getKey(), round);
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
            () -> {
              CrashLoad.retryTheRest(rescuer);
              return cluster.number(OPEN) == 0;
            });
    try (Connection connection = cluster.connect()) {
      History history =
          new Collect(connection)
              .history(
                  LOAD.submissions(),
                  LOAD.cancelled(),
                  Set.of(),
                  List.of(),
                  List.of(),
                  List.of(),
                  List.of());
      assertThat(Rule.checkAll(history)).isEmpty();
    }
  }

  private static void limit(boolean limited) throws SQLException {
    cluster.execute(
        limited
            ? "insert into longshore.queue (name, task_limit) values ('few', 5)"
            : "delete from longshore.queue where name = 'few'");
  }

  private static boolean isAnyAlive(Map<CrashPoint, Node> nodes) {
    return nodes.values().stream().anyMatch(node -> node.process().isAlive());
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
    Path script = Files.writeString(server.resolve("crash.btm"), point.rules());
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
