package dev.longshore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.local.Home;
import dev.longshore.local.Installation;
import dev.longshore.local.Settings;
import dev.longshore.story.Cluster;
import jakarta.json.Json;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every scenario of the bench in its smallest size, on a node that is there anyway: it does its
 * work, and its one line has what docs/performance.md tells of. How fast is nobody's business here.
 */
@Execution(ExecutionMode.SAME_THREAD)
class BenchIT {

  private static Home home;
  private static Path launcher;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** Has the node's home look as one of a launcher. */
  @BeforeAll
  static void start() throws IOException {
    home = Cluster.shared().home();
    launcher = home.pid("launcher").file();
    home.pid("launcher").write(ProcessHandle.current());
    Files.writeString(home.url(), Cluster.shared().url() + "\n");
    Cluster.shared().servers().write(home.serversEnv());
  }

  @AfterAll
  static void end() throws IOException {
    for (Path file : List.of(launcher, home.url(), home.serversEnv())) {
      Files.delete(file);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "drain, 10, enqueuePerSecond drainPerSecond tasksPerSecond cpuSeconds.liberty"
        + " latencyMillis.p50 latencyMillis.p99",
    "latency, 5, restMillis.p50 restMillis.p99 sqlMillis.p50 sqlMillis.p99",
    "pipeline, 5, jobsPerSecond oneStep.drainPerSecond threeSteps.drainPerSecond",
    "bulk, 20, restPerSecond sqlPerSecond cancelPerSecond",
    "mixed, 20, handler0ms.perSecond handler5ms.backlogMillis.p50 handler50ms.urgentMillis.p50",
    "history, 5, without.drainPerSecond with.drainPerSecond ratio worstPageP95Millis"
        + " statsMillis.p95 fillSeconds",
    "snapshot, 5, without.drainPerSecond with.drainPerSecond ratio lastRatio heldTransactions",
    "wide, 3000, without.drainPerSecond with.drainPerSecond ratio overlaps",
    "memory, 20, drainPerSecond",
    "log, 10, idleMillis.p50 oneWorkerPerSecond backlogPerSecond appendedPerSecond lagMillis.p99"
        + " cpuUnderLoad.liberty cpuWhenQuiet.liberty",
  })
  void aScenarioDoesItsWorkAndSaysWhatItFound(Scenario scenario, String tasks, String fields)
      throws Exception {
    long began = System.nanoTime();
    int code = run("bench", "--scenario", scenario.name(), "--tasks", tasks, "--rows", "500");
    System.out.printf("BenchIT: %s %.1f s%n", scenario, Drain.secondsSince(began));

    assertThat(code).as(err::toString).isZero();
    assertThat(out.toString().lines()).hasSize(1);
    JsonObject found = json(out.toString());
    assertThat(found.getString("scenario")).isEqualTo(scenario.name());
    assertThat(found.getInt("failed")).isZero();
    for (String field :
        (fields + " residentMiB.before residentMiB.after residentMiB.peak").split(" ")) {
      assertThat(number(found, field)).as(field + " in " + found).isNotNegative();
    }
    assertThat(found.getInt("overlaps", 0)).isZero();
    if (scenario == Scenario.snapshot) {
      assertThat(found.getInt("heldTransactions")).as("by 75 tasks").isGreaterThan(75);
    } else if (scenario == Scenario.mixed) {
      assertThat(priorities()).containsExactly("handler 4", "urgent 9");
    }
    // What it has made for itself alone is gone.
    assertThat(
            Cluster.shared()
                .query(
                    """
                    select queue from longshore.task where queue like 'bench-history-%'
                    union select name from longshore.queue where name like 'bench-limited-%'
                    """,
                    row -> row.getString(1)))
        .isEmpty();
  }

  /** Of the tasks of {@code mixed}. */
  private static List<String> priorities() throws SQLException {
    return Cluster.shared()
        .query(
            """
            select distinct substring(queue from '^bench-(handler|urgent)') || ' ' || priority
            from longshore.task where queue ~ '^bench-(handler|urgent)' order by 1
            """,
            row -> row.getString(1));
  }

  @Test
  void everyScenarioIsAmongThem() throws NoSuchMethodException {
    CsvSource source =
        BenchIT.class
            .getDeclaredMethod(
                "aScenarioDoesItsWorkAndSaysWhatItFound",
                Scenario.class,
                String.class,
                String.class)
            .getAnnotation(CsvSource.class);
    assertThat(source.value())
        .extracting(line -> Scenario.valueOf(line.substring(0, line.indexOf(','))))
        .containsExactlyElementsOf(Scenario.all.parts());
  }

  @Test
  void tasksThatDoNotSucceedFailTheBench() {
    assertThat(run("bench", "--tasks", "1", "--type", "effect", "--payload", "{\"name\":7}"))
        .isEqualTo(Longshore.WORK_FAILED);
    assertThat(json(out.toString()).getInt("failed")).isEqualTo(2); // in bulk, and one by one
  }

  private int run(String... arguments) {
    return Longshore.run(
        new Console(
            InputStream.nullInputStream(), new PrintStream(out), new PrintStream(err), false),
        new Settings(Map.of("LONGSHORE_HOME", home.path().toString()), Installation.current()),
        arguments);
  }

  /** A number that stands in objects within each other. */
  private static double number(JsonObject object, String path) {
    String[] names = path.split("\\.");
    for (int i = 0; i < names.length - 1; i++) {
      assertThat(object).as(path).containsKey(names[i]);
      object = object.getJsonObject(names[i]);
    }
    assertThat(object.get(names[names.length - 1])).as(path).isInstanceOf(JsonNumber.class);
    return object.getJsonNumber(names[names.length - 1]).doubleValue();
  }

  private static JsonObject json(String text) {
    try (var reader = Json.createReader(new StringReader(text))) {
      return reader.readObject();
    }
  }
}
