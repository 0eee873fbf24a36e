package dev.longshore.cli;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.local.Home;
import dev.longshore.local.Installation;
import dev.longshore.local.Ports;
import dev.longshore.local.Secrets;
import dev.longshore.local.Servers;
import dev.longshore.story.Coverage;
import dev.longshore.story.NodeJvm;
import dev.longshore.story.TestServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The launcher as its users meet it: a script with an environment, its output and exit code. */
class LauncherIT {

  private static final Path SCRIPT = Installation.current().checkout().resolve("longshore");

  private static final int SIGINT = 2;

  @TempDir Path directory;
  private final List<Launched> launched = new ArrayList<>();

  @AfterEach
  void stopAll() throws Exception {
    for (Launched one : launched) {
      one.process.destroy();
      one.exitCode();
    }
  }

  @Test
  void two_instances_run_side_by_side_until_a_signal_stops_each() throws Exception {
    int portA = Ports.free();
    int portB = Ports.free();
    Launched a = launch("a", portA, "up");
    Launched b = launch("b", portB, "up");
    a.awaitReady(portA);
    b.awaitReady(portB);

    Launched submit = launch("a", portA, "submit", "noop", "--json");
    assertThat(submit.exitCode()).isZero();
    assertThat(submit.output()).contains("\"type\":\"noop\"");
    assertThat(launch("a", portA, "watch").exitCode()).isZero();
    assertThat(a.tasks()).isEqualTo(1);
    assertThat(b.tasks()).isZero();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(a.credentials())))
        .isEqualTo("rw-------");
    assertThat(Files.readString(a.credentials())).isNotEqualTo(Files.readString(b.credentials()));

    List<ProcessHandle> serversOfA = a.servers();
    assertThat(serversOfA).hasSize(3);
    a.process.destroy();
    assertThat(a.exitCode()).isZero();
    assertThat(serversOfA).noneMatch(ProcessHandle::isAlive);
    assertThat(a.output()).isEqualTo("ready http://127.0.0.1:" + portA + "/\n");
    assertThat(b.tasks()).isZero();

    b.signal(isInterruptIgnored() ? "TERM" : "INT");
    assertThat(b.exitCode()).isZero();
    assertThat(b.servers()).isEmpty();
  }

  @Test
  void what_a_killed_launcher_left_is_stopped_at_the_next_start_and_its_tasks_are_there()
      throws Exception {
    int port = Ports.free();
    Launched first = launch("home", port, "up");
    first.awaitReady(port);
    assertThat(launch("home", port, "submit", "noop").exitCode()).isZero();
    List<ProcessHandle> left = first.servers();
    first.process.destroyForcibly().waitFor();

    Launched second = launch("home", port, "up");
    second.awaitReady(port);
    assertThat(left).noneMatch(ProcessHandle::isAlive);
    assertThat(second.tasks()).isEqualTo(1);
  }

  @Test
  void a_server_that_ends_by_itself_is_started_again() throws Exception {
    int port = Ports.free();
    Launched up = launch("home", port, "up");
    up.awaitReady(port);
    // Artemis finds no room for its data, and is tried again until it does.
    Path data = up.home.path().resolve("broker");
    Path aside = directory.resolve("aside");
    Files.move(data, aside);
    Files.writeString(data, "in the way");
    up.home.pid("broker").live().orElseThrow().destroyForcibly();
    await().atMost(60, SECONDS).until(() -> up.errors().contains("It is tried again and again"));
    Files.delete(data);
    Files.move(aside, data);
    await().atMost(60, SECONDS).until(() -> up.home.pid("broker").live().isPresent());
    for (String server : List.of("postgres", "node")) {
      ProcessHandle killed = up.home.pid(server).live().orElseThrow();
      killed.destroyForcibly();
      await()
          .atMost(120, SECONDS)
          .until(() -> up.home.pid(server).live().filter(p -> !p.equals(killed)).isPresent());
    }
    await()
        .atMost(120, SECONDS)
        .until(() -> launch("home", port, "submit", "noop").exitCode() == 0);
    await()
        .atMost(120, SECONDS)
        .untilAsserted(() -> assertThat(launch("home", port, "watch").exitCode()).isZero());
    assertThat(up.output().lines()).hasSize(1);
  }

  @Test
  void a_taken_port_is_named_and_nothing_is_left_running() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Launched up = launch("home", taken.getLocalPort(), "up");
      up.refused("Port " + taken.getLocalPort() + " is taken");
    }
  }

  @Test
  void a_second_launcher_in_a_home_is_refused() throws Exception {
    Home home = new Home(directory.resolve("home")).create();
    try (FileLock lock = home.lock()) {
      assertThat(lock.isValid()).isTrue();
      launch("home", Ports.free(), "up").refused("Another launcher is running");
    }
  }

  @Test
  void a_home_that_cannot_be_written_is_named() throws Exception {
    Files.writeString(directory.resolve("file"), "in the way");
    launch("file/home", Ports.free(), "up").refused("cannot be written");
  }

  @Test
  void servers_of_ones_own_that_do_not_answer_are_named() throws Exception {
    launch(
            Map.of("LONGSHORE_DB_URL", "jdbc:postgresql://127.0.0.1:" + Ports.free() + "/no"),
            "home",
            Ports.free(),
            "up")
        .refused("LONGSHORE_DB_URL");
    launch(Map.of("LONGSHORE_BROKER_URL", "127.0.0.1"), "home", Ports.free(), "up")
        .refused("LONGSHORE_BROKER_URL");
  }

  /** The first command of README.md. */
  @Test
  void the_demo_succeeds_and_leaves_nothing_running() throws Exception {
    int port = Ports.free();
    Launched demo = launch("home", port, "demo");
    await().atMost(180, SECONDS).until(() -> demo.servers().size() == 3 || !demo.isRunning());
    List<ProcessHandle> servers = demo.servers();
    assertThat(servers).as(() -> demo.errors()).hasSize(3);

    assertThat(demo.exitCode()).as(() -> demo.errors() + demo.output()).isZero();
    assertThat(demo.output())
        .startsWith("ready http://127.0.0.1:" + port + "/\n6 tasks submitted:\n")
        .contains("\nAll 6 succeeded.\n");
    assertThat(demo.output().lines().filter(line -> line.matches("  succeeded +\\d attempt.*")))
        .hasSize(6)
        .filteredOn(line -> line.contains("succeeded  2 attempts"))
        .singleElement()
        .asString()
        .contains("issue: Fail at the first attempt");
    // What each issue's command has found, and none of their errors.
    assertThat(demo.output().lines().filter(line -> line.startsWith("  issue ")))
        .hasSize(5)
        .anyMatch(line -> line.matches("  issue \\d+: \\d{4,} lines"))
        .anyMatch(line -> line.endsWith("second attempt, all is well"));
    assertThat(servers).noneMatch(ProcessHandle::isAlive);
    assertThat(demo.servers()).isEmpty();
  }

  @Test
  void chaos_hands_its_arguments_on_and_answers_with_the_code_of_the_run() throws Exception {
    Launched broken =
        launch(Map.of("PATH", withMaven("echo broken >&2; exit 1")), "home", Ports.free(), "chaos");
    assertThat(broken.exitCode()).isEqualTo(Longshore.BAD_INPUT);
    assertThat(broken.errors())
        .isEqualTo(
            "broken\nlongshore: The harness could not be compiled, nothing was run: see above.\n");

    String classPath =
        """
        for each; do
          case $each in -Dmdep.outputFile=*) echo "$CLASSES" >"${each#*=}" ;; esac
        done
        """;
    Launched refused =
        launch(
            Map.of("PATH", withMaven(classPath), "CLASSES", System.getProperty("java.class.path")),
            "home",
            Ports.free(),
            "chaos --minutes 1 --seed 7 --nodes 1 --faults sink-ship".split(" "));
    assertThat(refused.exitCode()).isEqualTo(Longshore.BAD_INPUT);
    assertThat(refused.output()).isEmpty();
    assertThat(refused.errors()).contains("--faults: ").contains("sink-ship");
  }

  @Test
  void install_has_maven_do_it_and_says_when_it_does_not() throws Exception {
    Launched installed =
        launch(Map.of("PATH", withMaven("echo \"$@\"")), "home", Ports.free(), "install");
    assertThat(installed.exitCode()).isZero();
    assertThat(installed.output()).isEmpty();
    assertThat(installed.errors())
        .startsWith("installing Longshore into the local Maven repository\n")
        .contains("install:install-file@library", "@war", "@test-kit");

    Launched failed =
        launch(Map.of("PATH", withMaven("echo broken; exit 1")), "home", Ports.free(), "install");
    assertThat(failed.exitCode()).isEqualTo(Longshore.BAD_INPUT);
    assertThat(failed.output()).isEmpty();
    assertThat(failed.errors())
        .contains("\nbroken\nlongshore: Longshore could not be installed", "answers with 1");
  }

  /**
   * A search path on which that script stands for Maven, which would take its time. It builds
   * nothing: what was changed meanwhile must not count as built.
   */
  private String withMaven(String script) throws IOException {
    Path maven = Files.createDirectories(directory.resolve("bin")).resolve("mvn");
    Files.writeString(
        maven, "#!/bin/sh\ncase \" $* \" in *' package '*) exit 1 ;; esac\n" + script + "\n");
    assertThat(maven.toFile().setExecutable(true)).isTrue();
    return maven.getParent() + ":" + System.getenv("PATH");
  }

  /** Two minutes: for those who change how the bench gets its node. */
  @Test
  @EnabledIfSystemProperty(named = "longshore.bench-scenarios", matches = "true")
  void every_scenario_measures_on_a_node_of_its_own_and_a_database_server_of_ones_own()
      throws Exception {
    Servers servers = TestServers.servers();
    try (Connection connection =
            DriverManager.getConnection(servers.dbUrl(), servers.dbUser(), servers.dbPassword());
        Statement statement = connection.createStatement()) {
      statement.execute("create database bench");
    }
    Launched bench =
        launch(
            Map.of(
                "LONGSHORE_DB_URL",
                servers.dbUrl().replaceFirst("/[^/]*$", "/bench"),
                "LONGSHORE_DB_USER",
                servers.dbUser(),
                "LONGSHORE_DB_PASSWORD",
                servers.dbPassword()),
            "home",
            Ports.free(),
            "bench --scenario all --tasks 10 --rows 500".split(" "));
    assertThat(bench.exitCode()).as(() -> bench.errors()).isZero();
    assertThat(bench.output().lines().toList())
        .hasSize(Scenario.all.parts().size())
        .allMatch(line -> line.contains("\"failed\":0"))
        .allMatch(line -> line.contains("\"residentMiB\""));
    assertThat(bench.servers()).isEmpty();
    assertThat(bench.home.path().resolve("postgres")).doesNotExist();
  }

  @Test
  void a_jdk_that_is_too_old_is_named() throws Exception {
    Path java = Files.createDirectories(directory.resolve("jdk8/bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\necho '    java.specification.version = 1.8' >&2\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    launch(Map.of("JAVA_HOME", directory.resolve("jdk8").toString()), "home", Ports.free(), "up")
        .refused("is Java 8, Longshore needs 17 or later");
  }

  /** As in whatever a shell without job control runs in the background: children inherit it. */
  private static boolean isInterruptIgnored() throws IOException {
    Path status = Path.of("/proc/self/status");
    return Files.exists(status)
        && Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .anyMatch(line -> (new BigInteger(line.substring(7).strip(), 16)).testBit(SIGINT - 1));
  }

  private Launched launch(String home, int port, String... arguments) throws IOException {
    return launch(Map.of(), home, port, arguments);
  }

  private Launched launch(Map<String, String> settings, String home, int port, String... arguments)
      throws IOException {
    Launched one = new Launched(settings, directory.resolve(home), port, arguments);
    launched.add(one);
    return one;
  }

  /** One call of the script. */
  private final class Launched {

    private final Home home;
    private final Path output = Files.createTempFile(directory, "output", null);
    private final Path errors = Files.createTempFile(directory, "errors", null);
    private final Process process;

    Launched(Map<String, String> settings, Path home, int port, String... arguments)
        throws IOException {
      this.home = new Home(home);
      if (Files.isDirectory(home.getParent())) {
        NodeJvm.quickAndMeasured(home.resolve("liberty"));
      }
      List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
      command.addAll(List.of(arguments));
      ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
      Map<String, String> environment = new HashMap<>();
      environment.put("JAVA_HOME", System.getProperty("java.home"));
      environment.put("LONGSHORE_HOME", home.toString());
      environment.put("LONGSHORE_HTTP_PORT", Integer.toString(port));
      environment.put("LONGSHORE_LAUNCHER_OPTIONS", Coverage.agent().strip());
      environment.putAll(settings);
      builder.environment().putAll(environment);
      process = builder.redirectOutput(output.toFile()).redirectError(errors.toFile()).start();
    }

    void awaitReady(int port) {
      await().atMost(180, SECONDS).until(() -> !output().isEmpty() || !process.isAlive());
      assertThat(output()).as(() -> errors()).isEqualTo("ready http://127.0.0.1:" + port + "/\n");
    }

    /** Ended with code 2 and one line, and no server runs. */
    void refused(String reason) throws InterruptedException {
      assertThat(exitCode()).isEqualTo(Longshore.BAD_INPUT);
      assertThat(output()).isEmpty();
      assertThat(errors().lines().toList()).singleElement().asString().contains(reason);
      assertThat(servers()).isEmpty();
    }

    boolean isRunning() {
      return process.isAlive();
    }

    int exitCode() throws InterruptedException {
      assertThat(process.waitFor(120, SECONDS))
          .as(() -> "ended, after it said " + errors() + output())
          .isTrue();
      return process.exitValue();
    }

    List<ProcessHandle> servers() {
      return Stream.of("postgres", "broker", "node")
          .flatMap(name -> home.pid(name).live().stream())
          .toList();
    }

    Path credentials() {
      return home.path().resolve("credentials");
    }

    long tasks() throws IOException {
      Api api =
          new Api(URI.create(Files.readString(home.url()).strip()), Secrets.read(credentials()));
      return api.get("api/stats").getJsonNumber("total").longValue();
    }

    void signal(String name) throws IOException, InterruptedException {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    }

    String output() {
      return read(output);
    }

    String errors() {
      return read(errors);
    }

    private String read(Path file) {
      try {
        return Files.readString(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
