package dev.longshore.cli;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.longshore.local.Home;
import dev.longshore.local.Installation;
import dev.longshore.local.Ports;
import dev.longshore.local.Settings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Arguments, output and exit codes, with a node that says what each test has it say. */
class CommandLineTest {

  private record Said(int status, String body) {}

  @TempDir Path directory;
  private final Deque<Said> answers = new ArrayDeque<>();
  private final List<String> requests = new ArrayList<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private InputStream in = InputStream.nullInputStream();
  private Map<String, String> others = Map.of();
  private HttpServer node;

  @BeforeEach
  void start() throws IOException {
    new Home(directory).create().credentials();
    node = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    node.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          requests.add(
              (exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body).strip());
          Said answer = answers.removeFirst();
          byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(answer.status(), bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    node.start();
  }

  @AfterEach
  void stop() {
    node.stop(0);
  }

  @Test
  void submit_sends_what_it_is_given() {
    answer(201, "{\"id\":7,\"state\":\"pending\"}");
    assertThat(run("submit", "noop", "--payload", "{\"a\":1}", "--priority", "9", "--key", "k"))
        .isZero();
    assertThat(requests)
        .containsExactly(
            "POST /api/tasks {\"type\":\"noop\",\"payload\":{\"a\":1},\"priority\":9,\"key\":\"k\"}");
    assertThat(out).hasToString("task 7 submitted, pending\n");
  }

  @Test
  void chaos_refuses_what_cannot_be_before_it_compiles_anything() {
    assertThat(run("chaos", "--minutes", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--minutes 0.0 must be above 0");
    err.reset();
    assertThat(run("chaos", "--nodes", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--nodes 0 must be 1 to 20");
    assertThat(run("chaos", "--seed", "x")).isEqualTo(2);
    err.reset();
    assertThat(run("chaos", "--rest", "-1")).isEqualTo(2);
    assertThat(err.toString()).contains("--rest -1 must be 0 or more");
  }

  @Test
  void a_payload_comes_from_a_file_or_from_standard_input() throws IOException {
    Path file = Files.writeString(directory.resolve("payload.json"), "{\"from\":\"file\"}");
    answer(201, "{\"id\":7,\"state\":\"pending\"}");
    answer(201, "{\"id\":8,\"state\":\"pending\"}");
    in = new ByteArrayInputStream("{\"from\":\"stdin\"}".getBytes(StandardCharsets.UTF_8));
    assertThat(run("submit", "noop", "--payload", "@" + file)).isZero();
    assertThat(run("submit", "noop", "--payload", "@-")).isZero();
    assertThat(requests.get(0)).contains("{\"from\":\"file\"}");
    assertThat(requests.get(1)).contains("{\"from\":\"stdin\"}");
  }

  @Test
  void a_payload_that_is_no_object_never_leaves() {
    assertThat(run("submit", "noop", "--payload", "[1]")).isEqualTo(2);
    assertThat(run("submit", "noop", "--payload", "{")).isEqualTo(2);
    assertThat(run("submit", "noop", "--payload", "@" + directory.resolve("none"))).isEqualTo(2);
    assertThat(requests).isEmpty();
    assertThat(err.toString().lines())
        .hasSize(3)
        .allMatch(l -> l.contains("nothing was submitted"));
  }

  @Test
  void a_refusal_is_one_line_with_every_violation() {
    answer(
        422,
        """
        {"status":422,"detail":"Two fields are wrong.","violations":[
          {"field":"priority","message":"too high"},{"field":"key","message":"too\\nlong"}]}""");
    assertThat(run("submit", "noop")).isEqualTo(2);
    assertThat(err)
        .hasToString("longshore: Two fields are wrong. (priority: too high; key: too long)\n");
    assertThat(out.size()).isZero();
  }

  @Test
  void tasks_passes_its_filters_on_and_prints_a_table_or_the_page() {
    String page =
        "{\"items\":[{\"id\":7,\"type\":\"noop\",\"queue\":\"q\",\"state\":\"ongoing\",\"priority\":4,"
            + "\"attempts\":1,\"maxAttempts\":5,\"createdAt\":\"2026-01-01T00:00:00.12Z\","
            + "\"worker\":null,\"progress\":{\"step\":\"load\",\"done\":1,\"total\":3}}],"
            + "\"next\":null}";
    answer(200, page);
    answer(200, page);
    assertThat(run("tasks", "--state", "ongoing", "--key", "a&b")).isZero();
    assertThat(run("tasks", "--json", "--limit", "5")).isZero();
    assertThat(requests)
        .containsExactly(
            "GET /api/tasks?limit=20&state=ongoing&key=a%26b", "GET /api/tasks?limit=5");
    assertThat(out.toString().lines().toList())
        .satisfiesExactly(
            heading -> assertThat(heading).startsWith("ID  TYPE"),
            row -> assertThat(row).startsWith("7   noop").endsWith("load 1/3"),
            json -> assertThat(json).isEqualTo(page));
  }

  @Test
  void queues_are_listed_paused_resumed_and_limited() {
    answer(
        200,
        "{\"items\":[{\"name\":\"mail\",\"paused\":true,\"limit\":null,\"keyLimit\":1,"
            + "\"rate\":\"10/PT1M\",\"keyRate\":null}],\"next\":null}");
    answer(200, "{}");
    answer(200, "{}");
    answer(200, "{\"name\":\"mail\"}");
    assertThat(run("queues")).isZero();
    assertThat(run("queues", "pause", "mail")).isZero();
    assertThat(run("queues", "resume", "two words")).isZero();
    assertThat(run("queues", "limit", "mail", "--key-limit", "1", "--rate", "10/PT1M")).isZero();
    assertThat(requests)
        .containsExactly(
            "GET /api/queues",
            "POST /api/queues/mail/pause {}",
            "POST /api/queues/two%20words/resume {}",
            "PUT /api/queues/mail {\"keyLimit\":1,\"rate\":\"10/PT1M\"}");
    assertThat(out.toString().lines().toList())
        .containsExactly(
            "QUEUE  PAUSED  LIMIT  KEY LIMIT  RATE     KEY RATE",
            "mail   paused         1          10/PT1M",
            "queue mail paused",
            "queue two words resumed",
            "{\"name\":\"mail\"}");
  }

  @Test
  void types_are_listed_paused_and_resumed() {
    answer(
        200,
        "{\"items\":[{\"name\":\"mail\",\"lane\":\"quick\",\"queue\":\"default\",\"paused\":true,"
            + "\"limit\":9,\"keyLimit\":null,\"rate\":null,\"keyRate\":null}],\"next\":null}");
    answer(200, "{}");
    answer(200, "{}");
    answer(200, "{\"items\":[],\"next\":null}");
    assertThat(run("types")).isZero();
    assertThat(run("types", "pause", "mail")).isZero();
    assertThat(run("types", "resume", "mail")).isZero();
    assertThat(run("types", "--json")).isZero();
    assertThat(requests)
        .containsExactly(
            "GET /api/types",
            "POST /api/types/mail/pause {}",
            "POST /api/types/mail/resume {}",
            "GET /api/types");
    assertThat(out.toString().lines().toList())
        .containsExactly(
            "TYPE  LANE   QUEUE    PAUSED  LIMIT  KEY LIMIT  RATE  KEY RATE",
            "mail  quick  default  paused  9",
            "type mail paused",
            "type mail resumed",
            "{\"items\":[],\"next\":null}");
  }

  @Test
  void workers_lists_the_nodes_and_asks_one_to_drain() {
    String worker =
        "{\"id\":\"a b\",\"state\":\"draining\",\"host\":\"h\",\"pid\":7,\"running\":2,"
            + "\"startedAt\":\"2026-01-01T00:00:00.12Z\",\"seenAt\":\"2026-01-01T00:00:01Z\"}";
    String page = "{\"items\":[" + worker + "],\"next\":null}";
    answer(200, page);
    answer(200, page);
    answer(202, worker);
    answer(202, worker);
    answer(409, "{\"status\":409,\"detail\":\"Worker c does not run.\"}");

    assertThat(run("workers")).isZero();
    assertThat(run("workers", "list", "--json")).isZero();
    assertThat(run("workers", "drain", "a b", "--timeout", "PT10M")).isZero();
    assertThat(run("workers", "undrain", "a b")).isZero();
    assertThat(run("workers", "undrain", "c")).isEqualTo(2);

    assertThat(requests)
        .containsExactly(
            "GET /api/workers",
            "GET /api/workers",
            "POST /api/workers/a%20b/drain?timeout=PT10M {}",
            "POST /api/workers/a%20b/undrain {}",
            "POST /api/workers/c/undrain {}");
    assertThat(out.toString().lines().toList())
        .satisfiesExactly(
            heading -> assertThat(heading).startsWith("ID   STATE"),
            row -> assertThat(row).startsWith("a b  draining").contains(" 2  "),
            json -> assertThat(json).isEqualTo(page),
            asked -> assertThat(asked).isEqualTo("worker a b draining, 2 running"),
            asked -> assertThat(asked).isEqualTo("worker a b draining, 2 running"));
    assertThat(err).hasToString("longshore: Worker c does not run.\n");
  }

  @Test
  void watch_prints_each_change_and_ends_with_the_task() {
    answer(200, "{\"id\":7,\"type\":\"t\",\"state\":\"pending\"}");
    answer(200, "{\"id\":7,\"type\":\"t\",\"state\":\"pending\"}");
    answer(200, "{\"id\":7,\"type\":\"t\",\"state\":\"succeeded\"}");
    assertThat(run("watch", "7")).isZero();
    assertThat(out).hasToString("7 t pending\n7 t succeeded\n");
  }

  @Test
  void watch_says_by_its_exit_code_that_a_task_failed() {
    answer(
        200,
        "{\"id\":7,\"type\":\"t\",\"state\":\"failed\",\"attempts\":2,\"error\":\"no\\nwhy\"}");
    assertThat(run("watch", "7")).isEqualTo(1);
    assertThat(out).hasToString("7 t failed (attempt 2: no)\n");
  }

  @Test
  void watch_of_many_shows_how_many_are_in_each_state_and_says_whether_one_failed_meanwhile() {
    String many = Stream.generate(() -> "{\"id\":%d}").limit(21).collect(joining(","));
    for (int code : new int[] {0, 1}) {
      out.reset();
      answer(200, "{\"items\":[" + many.formatted(IntStream.range(1, 22).boxed().toArray()) + "]}");
      answer(200, "{\"items\":[{\"id\":1}]}"); // it was moved between the two
      answer(200, "{\"items\":[]}");
      answer(200, "{\"states\":{\"pending\":21,\"failed\":1}}");
      answer(200, "{\"states\":{\"pending\":21,\"failed\":1}}");
      answer(200, "{\"states\":{\"pending\":21,\"failed\":1}}");
      answer(200, "{\"states\":{\"succeeded\":%d,\"failed\":%d}}".formatted(21 - code, 1 + code));
      assertThat(run("watch")).isEqualTo(code);
      assertThat(out)
          .hasToString(
              "21 unfinished, pending 21, failed 1\n0 unfinished, succeeded %d, failed %d\n"
                  .formatted(21 - code, 1 + code));
    }
    assertThat(answers).isEmpty();
  }

  @Test
  void watch_of_nothing_says_so() {
    for (int state = 0; state < 3; state++) {
      answer(200, "{\"items\":[]}");
    }
    assertThat(run("watch")).isZero();
    assertThat(out).hasToString("");
    assertThat(err).hasToString("Nothing is unfinished.\n");
  }

  @Test
  void a_terminal_is_shown_bars_instead_of_lines() {
    answer(
        200,
        "{\"id\":7,\"type\":\"t\",\"state\":\"ongoing\","
            + "\"progress\":{\"step\":\"sort\",\"done\":3,\"total\":4}}");
    answer(200, "{\"id\":7,\"type\":\"t\",\"state\":\"succeeded\"}");
    assertThat(run(true, "watch", "7")).isZero();
    assertThat(out).hasToString(""); // bars go to the terminal itself
  }

  @Test
  void everything_that_a_task_may_have_is_sent() {
    answer(201, "{\"id\":7,\"state\":\"pending\"}");
    assertThat(
            run(
                ("submit noop --queue q --run-at 2026-12-24T18:00:00+01:00 --max-attempts 3"
                        + " --unique-key u --after 1,2 --after 3 --on-dependency-failure run")
                    .split(" ")))
        .isZero();
    assertThat(requests)
        .containsExactly(
            "POST /api/tasks {\"type\":\"noop\",\"runAt\":\"2026-12-24T18:00+01:00\","
                + "\"maxAttempts\":3,\"queue\":\"q\",\"uniqueKey\":\"u\",\"after\":[1,2,3],"
                + "\"onDependencyFailure\":\"run\"}");
  }

  @Test
  void all_limits_of_a_queue_are_sent_and_its_json_is_printed_as_it_came() {
    answer(200, "{\"name\":\"mail\"}");
    answer(200, "{\"items\":[],\"next\":null}");
    assertThat(
            run(
                "queues limit mail --limit 4 --key-limit 2 --rate 9/PT1S --key-rate 1/PT1H"
                    .split(" ")))
        .isZero();
    assertThat(run("queues", "--json")).isZero();
    assertThat(requests)
        .contains(
            "PUT /api/queues/mail"
                + " {\"limit\":4,\"keyLimit\":2,\"rate\":\"9/PT1S\",\"keyRate\":\"1/PT1H\"}");
    assertThat(out).hasToString("{\"name\":\"mail\"}\n{\"items\":[],\"next\":null}\n");
  }

  @Test
  void what_answers_and_is_no_node_is_named() {
    answer(200, "<html>Hello</html>");
    assertThat(run("queues")).isEqualTo(2);
    assertThat(err.toString()).contains("is not a node of Longshore: it sent no JSON object");
    answer(502, "<html>Bad gateway</html>");
    assertThat(run("queues")).isEqualTo(2);
    assertThat(err.toString()).endsWith(" answered 502.\n");
  }

  @Test
  void without_a_node_the_next_step_is_named() {
    node.stop(0);
    assertThat(run("tasks")).isEqualTo(2);
    assertThat(err.toString()).contains("connection refused").contains("./longshore up");
  }

  @Test
  void a_password_of_another_home_is_named() {
    answer(401, "");
    assertThat(run("tasks")).isEqualTo(2);
    assertThat(err.toString()).contains("LONGSHORE_HOME");
  }

  @Test
  void bad_arguments_are_one_line_and_code_2() {
    for (String[] arguments :
        List.of(
            new String[] {},
            new String[] {"frobnicate"},
            new String[] {"submit"},
            new String[] {"tasks", "--limit", "x"},
            new String[] {"watch", "x"},
            new String[] {"workers", "drain"},
            new String[] {"submit", "noop", "--run-at", "tomorrow"},
            new String[] {"bench", "--scenario", "x"},
            new String[] {"bench", "--tasks", "0"},
            new String[] {"bench", "--scenario", "history", "--rows", "0"},
            new String[] {"bench", "--scenario", "mixed", "--type", "noop"},
            new String[] {"bench", "--payload", "[1]"})) {
      err.reset();
      assertThat(run(arguments)).isEqualTo(2);
      assertThat(err.toString().lines().toList())
          .singleElement()
          .asString()
          .startsWith("longshore:");
    }
  }

  @Test
  void a_scenario_that_is_none_is_answered_with_those_that_there_are() {
    assertThat(run("bench", "--scenario", "speed")).isEqualTo(2);
    assertThat(err.toString())
        .contains(Stream.of(Scenario.values()).map(Scenario::name).toArray(String[]::new));
  }

  @Test
  void bench_does_not_measure_another_database_than_it_is_asked_to() throws IOException {
    Home home = new Home(directory);
    home.pid("launcher").write(ProcessHandle.current());
    Files.writeString(home.serversEnv(), "LONGSHORE_DB_URL=jdbc:postgresql://127.0.0.1:1/its\n");
    others = Map.of("LONGSHORE_DB_URL", "jdbc:postgresql://127.0.0.1:1/mine");
    assertThat(run("bench")).isEqualTo(2);
    assertThat(err)
        .hasToString(
            "longshore: LONGSHORE_DB_URL is not the database of the node that runs in "
                + directory
                + ", nothing was measured: unset it to measure that node, or set LONGSHORE_HOME to"
                + " another directory for one on your database.\n");

    err.reset();
    others = Map.of("LONGSHORE_DB_URL", "jdbc:postgresql://127.0.0.1:1/its");
    assertThat(run("bench")).isEqualTo(2);
    assertThat(err.toString()).contains("is not ready yet");
  }

  @Test
  void help_names_every_command() {
    assertThat(run("help")).isZero();
    assertThat(out.toString())
        .contains("up", "demo", "submit", "tasks", "watch", "workers", "bench");
  }

  @Test
  void new_code_is_written_or_refused_in_one_line() throws IOException {
    Files.writeString(directory.resolve("pom.xml"), "<project><groupId>g</groupId></project>");
    assertThat(run("new", "worker", "a")).isZero();
    assertThat(run("new", "task", "a")).isZero();
    assertThat(run("new", "task", "b", "--pipeline", "--package", "p")).isZero();
    assertThat(out.toString().lines()).hasSize(2 + 2 + 4).contains(file("main/java/g/AWorker"));
    assertThat(out.toString()).contains(file("test/java/p/BPipelineTest"));
    assertThat(err).hasToString("");

    assertThat(run("new", "worker", "a")).isEqualTo(2);
    assertThat(run("new", "task", "9")).isEqualTo(2);
    assertThat(run("new", "project", directory.toString())).isEqualTo(2);
    assertThat(run("new")).isEqualTo(2);
    assertThat(err.toString().lines()).hasSize(4);
    assertThat(err.toString())
        .contains("is there already, nothing", "\"9\" is no name", "is not empty", "worker NAME");
  }

  private String file(String of) {
    return directory.resolve("src/" + of + ".java").toString();
  }

  private void answer(int status, String body) {
    answers.add(new Said(status, body));
  }

  private int run(String... arguments) {
    return run(false, arguments);
  }

  private int run(boolean terminal, String... arguments) {
    int port = node.getAddress() == null ? Ports.free() : node.getAddress().getPort();
    Settings settings =
        new Settings(
                Map.of(
                    "LONGSHORE_HOME",
                    directory.toString(),
                    "LONGSHORE_PROJECT",
                    directory.toString(),
                    "LONGSHORE_HTTP_PORT",
                    Integer.toString(port)),
                Installation.current())
            .with(others);
    Console console =
        new Console(in, new PrintStream(out, true), new PrintStream(err, true), terminal);
    return Longshore.run(console, settings, arguments);
  }
}
