package dev.longshore.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that does not start, and what is said of it. */
class NodeTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Servers SERVERS =
      new Servers("jdbc:postgresql://127.0.0.1:1/x", "u", "p", "tcp://127.0.0.1:1", "u", "p");

  @TempDir Path directory;
  private Home home;
  private Node node;

  @BeforeEach
  void makeHome() {
    home = new Home(directory.resolve("home")).create();
  }

  @AfterEach
  void kill() {
    if (node != null) {
      node.kill();
    }
  }

  @Test
  void one_that_ends_is_not_waited_for() throws IOException {
    node = start("exit 3", Map.of());
    assertThatThrownBy(() -> node.awaitReady(PATIENCE))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("Open Liberty ended with code 3 before it was ready: see ")
        .hasMessageEndingWith("messages.log");
  }

  @Test
  void one_whose_application_fails_is_not_waited_for_and_the_cause_is_said() throws IOException {
    node = start(says("CWWKZ0002E: An exception occurred", "Caused by: no such table"), Map.of());
    assertThatThrownBy(() -> node.awaitReady(PATIENCE))
        .hasMessageStartingWith("Open Liberty cannot become ready (no such table): see ");
    node.close();
    assertThat(node.process().isAlive()).isFalse();
    assertThat(home.pid("node").live()).isEmpty();

    node = start(says("[x] E CWWKO0221E: TCP Channel could not bind the port", ""), Map.of());
    assertThatThrownBy(() -> node.awaitReady(PATIENCE))
        .hasMessageContaining("(CWWKO0221E: TCP Channel could not bind the port)");
    // What the first one has said was put aside.
    try (Stream<Path> logs = Files.list(home.logs().resolve("node"))) {
      assertThat(logs.map(log -> log.getFileName().toString()))
          .anyMatch(name -> name.matches("messages_[\\d.]+_[\\d.]+\\.0\\.log"));
    }
  }

  @Test
  void one_that_takes_too_long_is_given_up() throws IOException {
    node = start("exec sleep 600", Map.of());
    assertThatThrownBy(() -> node.awaitReady(Duration.ofSeconds(1)))
        .hasMessageStartingWith("Open Liberty was not ready within 1 s: see ");
    assertThat(node.isReady()).isFalse();
  }

  @Test
  void who_is_interrupted_waits_no_longer() throws IOException {
    node = start("exec sleep 600", Map.of());
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> node.awaitReady(PATIENCE))
        .hasMessageStartingWith("Open Liberty was not waited for any longer: see ");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void a_war_that_cannot_be_read_is_named_and_nothing_runs() {
    assertThatThrownBy(() -> start("exec sleep 600", Map.of("LONGSHORE_WAR", "/no/such.war")))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("LONGSHORE_WAR is \"/no/such.war\", which cannot be read")
        .hasMessageContaining("nothing was started");
    assertThat(home.pid("node").live()).isEmpty();
  }

  @Test
  void a_time_that_is_none_is_named_and_nothing_runs() {
    for (String setting : List.of("LONGSHORE_DRAIN_TIMEOUT", "LONGSHORE_DRAIN_STOP_TIMEOUT")) {
      assertThatThrownBy(() -> start("exec sleep 600", Map.of(setting, "soon")))
          .isInstanceOf(StartException.class)
          .hasMessageStartingWith(setting + " must be a duration in ISO 8601, such as PT")
          .hasMessageContaining("not \"soon\"");
    }
    assertThat(home.pid("node").live()).isEmpty();
  }

  @Test
  void a_home_that_cannot_be_written_is_named_and_nothing_runs() throws IOException {
    Files.writeString(home.path().resolve("liberty"), "in the way");
    assertThatThrownBy(() -> start("exec sleep 600", Map.of()))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("Open Liberty could not be started (");
    assertThat(home.pid("node").live()).isEmpty();
  }

  /** Liberty's log with two lines in it, and a process that stays. */
  private static String says(String first, String second) {
    return "printf '%%s\\n' '%s' '%s' >\"$LOG_DIR/messages.log\"; exec sleep 600"
        .formatted(second, first);
  }

  private Node start(String script, Map<String, String> environment) throws IOException {
    return Node.start(
        FakeInstallation.in(directory, script), home, SERVERS, Ports.free(), environment);
  }
}
