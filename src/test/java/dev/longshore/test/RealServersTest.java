package dev.longshore.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import com.sun.net.httpserver.HttpServer;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * The extension calls the launcher once, talks to what it says is ready, and ends it: with a script
 * in the launcher's place. {@code ScaffoldIT} has the real one.
 */
class RealServersTest {

  private static final String LAUNCHER = "longshore.launcher";
  private static final List<RunningNode> GIVEN = new ArrayList<>();

  /** Run by the tests below, not by themselves. */
  @ExtendWith(RealServers.class)
  static class First {
    @Test
    void takesTheNode(RunningNode node) {
      GIVEN.add(node);
      JsonObject task = node.run("noop", JsonObject.EMPTY_JSON_OBJECT);
      assertThat(task.getString("state")).isEqualTo("succeeded");
      long message = node.append("a/b", JsonObject.EMPTY_JSON_OBJECT);
      assertThat(node.awaitHandled("w", message).getInt("position")).isEqualTo(9);
      assertThatThrownBy(() -> node.get("api/gone"))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("answers 404: nothing");
    }
  }

  @ExtendWith(RealServers.class)
  static class Second {
    @Test
    void hasTheSameOne(RunningNode node) {
      GIVEN.add(node);
    }
  }

  @TempDir Path directory;
  private HttpServer node;
  private final Deque<String> answers = new ArrayDeque<>();
  private final List<String> requests = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    node = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    node.createContext(
        "/",
        exchange -> {
          requests.add(
              exchange.getRequestMethod()
                  + " "
                  + exchange.getRequestURI()
                  + " "
                  + exchange.getRequestHeaders().getFirst("Authorization"));
          String answer = answers.isEmpty() ? "nothing" : answers.remove();
          byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(answer.equals("nothing") ? 404 : 200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    node.start();
  }

  @AfterEach
  void stop() {
    node.stop(0);
    System.clearProperty(LAUNCHER);
    GIVEN.clear();
  }

  @Test
  void theServersAreStartedOnceAndEndedWithTheRun() throws IOException {
    launcher(
        """
        echo started >>"%1$s/starts"
        echo $$ >"%1$s/pid"
        echo operator:secret >"$LONGSHORE_HOME/credentials"
        echo "ready http://127.0.0.1:%2$d/"
        exec sleep 600
        """
            .formatted(directory, node.getAddress().getPort()));
    answers.addAll(
        List.of(
            "{\"id\":7}",
            "{\"id\":7,\"state\":\"ongoing\"}",
            "{\"id\":7,\"state\":\"succeeded\"}",
            "{\"id\":9}",
            "{\"position\":9}"));

    assertThat(run(First.class, Second.class).getTestsSucceededCount()).isEqualTo(2);

    assertThat(directory.resolve("starts")).hasContent("started");
    assertThat(GIVEN).hasSize(2).containsOnly(GIVEN.get(0));
    assertThat(GIVEN.get(0).url().getPort()).isEqualTo(node.getAddress().getPort());
    assertThat(GIVEN.get(0).home()).doesNotExist();
    long pid = Long.parseLong(Files.readString(directory.resolve("pid")).strip());
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    assertThat(requests.get(0)).isEqualTo("POST /api/tasks Basic b3BlcmF0b3I6c2VjcmV0");
    assertThat(requests.get(4)).startsWith("GET /api/event-workers/w ");
  }

  @Test
  void aLauncherThatCannotStartThemIsQuoted() throws IOException {
    launcher("echo 'longshore: port 1 is taken' >&2; exit 2\n");
    TestExecutionSummary summary = run(Second.class);
    assertThat(summary.getFailures()).hasSize(1);
    assertThat(summary.getFailures().get(0).getException())
        .hasMessageContaining("The servers did not start")
        .hasMessageContaining("longshore: port 1 is taken");
  }

  private void launcher(String body) throws IOException {
    Path script = Files.writeString(directory.resolve("launcher"), "#!/bin/sh\n" + body);
    assertThat(script.toFile().setExecutable(true)).isTrue();
    System.setProperty(LAUNCHER, script.toString());
  }

  private static TestExecutionSummary run(Class<?>... tests) {
    LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
    for (Class<?> test : tests) {
      request.selectors(selectClass(test));
    }
    SummaryGeneratingListener summary = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request.build(), summary);
    return summary.getSummary();
  }
}
