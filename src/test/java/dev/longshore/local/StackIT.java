package dev.longshore.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.story.TestServers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that are there, and a node that does not do as it should: nothing is left behind. */
class StackIT {

  private static final Duration SOON = Duration.ofMinutes(1);

  private static final String AGAIN = "Open Liberty has ended unexpectedly and is started again";

  private static final String FAKE_LIBERTY =
      "exec \"$JAVA_HOME/bin/java\" -XX:TieredStopAtLevel=1 -cp '%s' %s"
          .formatted(
              Installation.current().target().resolve("test-classes"), FakeLiberty.class.getName());

  /** The same that goes on. */
  private static final String READY_FOR_EVER = FAKE_LIBERTY + " for-ever";

  /** Between a server's end and its start anew. */
  private static final List<Duration> NONE = List.of(Duration.ZERO);

  @TempDir Path directory;
  private final List<String> said = new CopyOnWriteArrayList<>();
  private Stack stack;

  @AfterEach
  void nothingIsLeft() throws IOException {
    Home home = stack.home();
    stack.close();
    for (String name : List.of("node", "broker", "postgres", "launcher")) {
      assertThat(home.pid(name).live()).as(name).isEmpty();
    }
    assertThat(home.url()).doesNotExist();
    try (FileLock lock = home.lock()) { // the next launcher may have it
      assertThat(lock.isValid()).isTrue();
    }
  }

  @Test
  void a_node_that_does_not_start_ends_the_start() throws IOException {
    stack = stack("exit 3", Map.of());
    assertThatThrownBy(stack::start)
        .isInstanceOf(StartException.class)
        .hasMessageContaining("ended with code 3 before it was ready");
    assertThat(said).singleElement().asString().contains("PostgreSQL at jdbc:postgresql://");
  }

  @Test
  void a_start_is_given_up_when_it_is_stopped_meanwhile() throws IOException {
    stack = stack("exec sleep 600", Map.of());
    CompletableFuture<Void> start = CompletableFuture.runAsync(stack::start);
    await().atMost(SOON).until(() -> stack.home().pid("node").live().isPresent());
    ProcessHandle node = stack.home().pid("node").live().orElseThrow();

    stack.close();

    assertThat(node.isAlive()).isFalse();
    assertThatThrownBy(start::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(StartException.class);
  }

  @Test
  void a_node_that_ends_again_and_again_is_given_up() throws IOException {
    stack = stack(FAKE_LIBERTY, Map.of());
    stack.pauses = NONE;
    stack.start();
    assertThat(stack.url()).isEqualTo(URI.create(Files.readString(stack.home().url()).strip()));
    assertThatThrownBy(stack::supervise)
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("Open Liberty ended 6 times, all were stopped: see ");
    assertThat(said.stream().filter(line -> line.contains("is started again"))).hasSize(5);
  }

  /** As one does whose disk is full: the node settles what it runs, and others need PostgreSQL. */
  @Test
  void a_broker_that_ends_again_and_again_stops_nobody_else() throws IOException {
    stack = stack(READY_FOR_EVER, Map.of("LONGSHORE_BROKER_URL", ""));
    Files.delete(directory.resolve("checkout/target/launcher"));
    Files.createSymbolicLink(
        directory.resolve("checkout/target/launcher"),
        Installation.current().target().resolve("launcher"));
    Files.createSymbolicLink(
        directory.resolve("checkout/target/classes"),
        Installation.current().target().resolve("classes"));
    stack.pauses = NONE;
    stack.restarts = 1;
    stack.start();
    ProcessHandle node = stack.home().pid("node").live().orElseThrow();
    CompletableFuture<Void> supervised = CompletableFuture.runAsync(stack::supervise);

    await()
        .atMost(SOON)
        .until(
            () -> {
              if (brokerTakesConnections()) { // else its end is that of a start in vain
                stack.home().pid("broker").live().ifPresent(ProcessHandle::destroyForcibly);
              }
              return supervised.isDone()
                  || Collections.frequency(
                          said, "Artemis has ended unexpectedly and is started again")
                      > stack.restarts;
            });

    assertThat(supervised).isNotDone();
    assertThat(node.isAlive()).isTrue();
    stack.close();
    supervised.join();
  }

  /** What it needs may be away for long: then it is not ready, and its own servers go on. */
  @Test
  void a_node_that_is_started_again_is_not_waited_for() throws IOException {
    stack =
        stack(
            "if [ -e \"$LONGSHORE_HOME/was-ready\" ]; then exec sleep 600; fi\n" + FAKE_LIBERTY,
            Map.of());
    stack.start();
    CompletableFuture<Void> supervised = CompletableFuture.runAsync(stack::supervise);
    await().atMost(SOON).until(() -> said.contains(AGAIN));
    await().atMost(SOON).until(() -> stack.home().pid("node").live().isPresent());
    ProcessHandle slow = stack.home().pid("node").live().orElseThrow();

    slow.destroyForcibly(); // it is kept, though it was never ready

    await().atMost(SOON).until(() -> Collections.frequency(said, AGAIN) == 2);
    await()
        .atMost(SOON)
        .until(() -> stack.home().pid("node").live().filter(p -> !p.equals(slow)).isPresent());
    assertThat(said).as("as one that had started").hasSize(3);
    stack.close();
    supervised.join();
  }

  @Test
  void servers_that_do_not_answer_end_the_start_before_a_node_is_started() throws IOException {
    for (Map<String, String> wrong :
        List.of(
            Map.of("LONGSHORE_DB_PASSWORD", "guessed"),
            Map.of("LONGSHORE_BROKER_URL", "tcp://127.0.0.1:" + Ports.free()),
            Map.of("LONGSHORE_DB_URL", "jdbc:mysql://127.0.0.1/x"),
            Map.of("LONGSHORE_WAR", "/no/such.war"))) {
      stack = stack("exec sleep 600", wrong);
      String setting = wrong.keySet().iterator().next().replace("PASSWORD", "URL");
      assertThatThrownBy(stack::start)
          .isInstanceOf(StartException.class)
          .hasMessageContaining(setting)
          .hasMessageContaining("nothing was started");
      nothingIsLeft();
    }
  }

  private boolean brokerTakesConnections() {
    int port = Servers.port(Servers.read(stack.home().serversEnv()).brokerUrl());
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private Stack stack(String script, Map<String, String> settings) throws IOException {
    Installation installation = FakeInstallation.in(directory, script);
    Map<String, String> environment = new HashMap<>(TestServers.servers().toEnvironment());
    environment.put("LONGSHORE_HOME", directory.resolve("home").toString());
    environment.put("LONGSHORE_HTTP_PORT", Integer.toString(Ports.free()));
    environment.putAll(settings);
    return new Stack(installation, new Settings(environment, installation), Map.of(), said::add);
  }
}
