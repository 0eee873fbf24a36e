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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jboss.byteman.rule.exception.ExecuteException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A node is killed at an exact line, by Byteman in its JVM, while it and another one share work;
 * the other one finishes. The history of all that happened is judged like that of a chaos run.
 */
class CrashPointsIT {

  private static final String CLUSTER = "crash";
  private static final String VICTIM = "victim";

  /** What Byteman ends a JVM with. */
  private static final int KILLED = 255;

  private static final Map<String, String> SETTINGS =
      Map.of(
          "LONGSHORE_WORKER_LEASE", "PT2S",
          "LONGSHORE_RECOVER_INTERVAL", "PT0.5S",
          "LONGSHORE_DISPATCH_TIMEOUT", "PT2S",
          "LONGSHORE_RECOVER_MAX_LOSSES", "100");

  private static final List<Submission> SUBMISSIONS = new ArrayList<>();

  private static Cluster cluster;
  private static Node victim;

  @BeforeAll
  static void start() throws IOException {
    cluster = Cluster.unmeasured(CLUSTER);
    victim = start(points().get(0));
    cluster.node("rescuer", SETTINGS);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /**
   * A node's start a point: {@code mvn verify} has time for those that lie next to a commit, {@code
   * -Dlongshore.crash-points=all} goes through every one.
   */
  static List<CrashPoint> points() {
    return System.getProperty("longshore.crash-points", "").equals("all")
        ? List.of(CrashPoint.values())
        : List.of(
            CrashPoint.BEFORE_THE_CLAIM_COMMITS,
            CrashPoint.AFTER_THE_CLAIM_BEFORE_THE_SEND,
            CrashPoint.AFTER_THE_SEND,
            CrashPoint.BEFORE_THE_TAKE_COMMITS,
            CrashPoint.AFTER_THE_TAKE_OF_A_LONG_TASK,
            CrashPoint.BEFORE_A_QUICK_CHUNK_COMMITS,
            CrashPoint.AFTER_A_QUICK_CHUNK,
            CrashPoint.BEFORE_A_PIPELINES_CHUNK_COMMITS,
            CrashPoint.BEFORE_A_LONG_SETTLEMENT_COMMITS,
            CrashPoint.BEFORE_A_LONG_TASK_IS_ACKNOWLEDGED);
  }

  @ParameterizedTest
  @MethodSource("points")
  void whereverANodeIsKilledEveryTaskEndsOnce(CrashPoint point) throws Exception {
    awaitReady(victim);
    Rest atVictim = Rest.of(victim, "operator");
    for (int round = 1; victim.process().isAlive() && round <= 100; round++) {
      submit(atVictim, point, round);
      victim.process().waitFor(200, TimeUnit.MILLISECONDS);
    }
    Process killed = victim.process();
    victim.kill(); // no more than its process id, where all went well

    // The next one starts while the other node still finishes.
    int next = points().indexOf(point) + 1;
    if (next < points().size()) {
      victim = start(points().get(next));
    }
    assertThat(killed.waitFor()).as("killed at its point, or otherwise").isEqualTo(KILLED);
    Awaitility.await("all has ended after " + point)
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                cluster.number("select count(*) from longshore.task where state <> 'succeeded'")
                    == 0);
    try (Connection connection = cluster.connect()) {
      History history =
          new Collect(connection).history(SUBMISSIONS, Set.of(), List.of(), List.of());
      assertThat(Rule.checkAll(history)).isEmpty();
    }
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

  private static Node start(CrashPoint point) throws IOException {
    arm(point);
    return cluster.starting(VICTIM, SETTINGS);
  }

  /** Or dead: it may have come to its point with what was left to be done. */
  private static void awaitReady(Node node) {
    try {
      node.awaitReady(Duration.ofMinutes(3));
    } catch (StartException e) {
      assertThat(node.process().isAlive()).as(e.getMessage()).isFalse();
    }
  }

  /** Has the victim's next start begin with the rule. */
  private static void arm(CrashPoint point) throws IOException {
    Path server =
        Installation.current()
            .target()
            .resolve("it/%s-%s/liberty/servers/longshore".formatted(CLUSTER, VICTIM));
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
