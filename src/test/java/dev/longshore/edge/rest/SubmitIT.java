package dev.longshore.edge.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.story.Cluster;
import dev.longshore.story.Rest;
import jakarta.json.JsonObject;
import java.net.Socket;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Tasks that fit are taken, once for each unique key, and found again. */
@Execution(ExecutionMode.SAME_THREAD)
class SubmitIT {

  private static final String NDJSON = "application/x-ndjson";
  private static final String LATER = "\"runAt\":\"2100-01-01T00:00:00Z\"";
  private static Rest rest;

  private final String key = UUID.randomUUID().toString();

  @BeforeAll
  static void start() {
    rest = Cluster.shared().rest();
  }

  @Test
  void aTaskIsAnsweredWhereItIsFoundAgain() {
    Rest.Answer answer =
        rest.post(
            "api/tasks",
            """
            {"type": "noop", "payload": {"n": 1.50, "s": "ü😀"}, "queue": "mail", "priority": 9,
             "runAt": "2100-01-01T00:00:00+02:00", "key": "%s", "maxAttempts": 3}
            """
                .formatted(key));
    assertThat(answer.status()).isEqualTo(201);
    JsonObject task = answer.json();
    long id = task.getJsonNumber("id").longValue();
    assertThat(answer.header("Location")).endsWith("/api/tasks/" + id);
    assertThat(rest.get(URI.create(answer.header("Location")).getPath()).json()).isEqualTo(task);
    assertThat(task.keySet())
        .contains(
            "id",
            "type",
            "queue",
            "state",
            "priority",
            "payload",
            "key",
            "uniqueKey",
            "attempts",
            "maxAttempts",
            "runAt",
            "createdAt",
            "startedAt",
            "endedAt",
            "worker",
            "progress",
            "result",
            "error");
    assertThat(task.getString("state")).isEqualTo("pending");
    assertThat(task.getString("queue")).isEqualTo("mail");
    assertThat(task.getInt("priority")).isEqualTo(9);
    assertThat(task.getInt("maxAttempts")).isEqualTo(3);
    assertThat(task.getJsonObject("payload").getJsonNumber("n")).hasToString("1.50");
    assertThat(task.getJsonObject("payload").getString("s")).isEqualTo("ü😀");
    assertThat(OffsetDateTime.parse(task.getString("runAt")))
        .isEqualTo(OffsetDateTime.parse("2099-12-31T22:00:00Z"));
    assertThat(task.isNull("worker")).isTrue();
  }

  @Test
  void aRepeatedUniqueKeyIsAnsweredWithTheUnfinishedTask() {
    String body = "{\"type\":\"noop\",\"uniqueKey\":\"%s\",%s}".formatted(key, LATER);
    long first = rest.submit(body);
    Rest.Answer second = rest.post("api/tasks", body);
    assertThat(second.status()).isEqualTo(200);
    assertThat(id(second.json())).isEqualTo(first);

    assertThat(rest.post("api/tasks/" + first + "/cancel").status()).isEqualTo(200);
    assertThat(rest.submit(body)).isNotEqualTo(first);
  }

  @Test
  void manySubmissionsOfAUniqueKeyAtOnceAreOneTask() {
    String body = "{\"type\":\"noop\",\"uniqueKey\":\"%s\",%s}".formatted(key, LATER);
    List<Rest.Answer> answers = atOnce(8, () -> rest.post("api/tasks", body));
    assertThat(answers).filteredOn(a -> a.status() == 201).hasSize(1);
    assertThat(answers).filteredOn(a -> a.status() == 200).hasSize(7);
    assertThat(answers).extracting(a -> id(a.json())).containsOnly(id(answers.get(0).json()));
  }

  @Test
  void ofManyCancellationsAtOnceOneDoesItAndTheOthersAreTold() {
    long id = rest.submit("{\"type\":\"noop\",%s}".formatted(LATER));
    List<Rest.Answer> answers = atOnce(8, () -> rest.post("api/tasks/" + id + "/cancel"));
    assertThat(answers).filteredOn(a -> a.status() == 200).hasSize(1);
    assertThat(answers)
        .filteredOn(a -> a.status() == 409)
        .hasSize(7)
        .allSatisfy(a -> assertThat(a.json().getString("detail")).contains("is cancelled"));
  }

  @Test
  void twoOfTheSameUniqueKeyInOneRequestAreOneTask() {
    String line =
        "{\"type\":\"noop\",\"uniqueKey\":\"%s\",\"key\":\"%s\",%s}\n".formatted(key, key, LATER);
    Rest.Answer answer = rest.post("api/tasks/bulk", line.repeat(3), NDJSON);
    assertThat(answer.json().getInt("submitted")).isEqualTo(1);
    assertThat(answer.json().getInt("standing")).isEqualTo(2);
    assertThat(items("key=" + key)).hasSize(1);
  }

  @Test
  void linesAndArraysAreSubmittedInTheirOrder() {
    List<String> tasks =
        IntStream.range(0, 1_234)
            .mapToObj(
                n ->
                    "{\"type\":\"noop\",\"key\":\"%s\",\"payload\":{\"n\":%d},%s}"
                        .formatted(key, n, LATER))
            .toList();
    Rest.Answer lines = rest.post("api/tasks/bulk", String.join("\r\n", tasks), NDJSON);
    assertThat(lines.status()).as(lines.text()).isEqualTo(200);
    assertThat(lines.json().getInt("submitted")).isEqualTo(1_234);
    Rest.Answer array =
        rest.post("api/tasks/bulk", tasks.stream().collect(Collectors.joining(",", "[", "]")));
    assertThat(array.json().getInt("submitted")).isEqualTo(1_234);

    List<Integer> newestFirst = new ArrayList<>();
    String after = "";
    do {
      JsonObject page = rest.get("api/tasks?limit=1000&key=" + key + after).json();
      page.getJsonArray("items").getValuesAs(JsonObject.class).stream()
          .map(task -> task.getJsonObject("payload").getInt("n"))
          .forEach(newestFirst::add);
      after = page.isNull("next") ? null : "&after=" + page.getJsonNumber("next");
    } while (after != null);
    List<Integer> expected =
        IntStream.range(0, 2 * 1_234).mapToObj(n -> 1_233 - n % 1_234).toList();
    assertThat(newestFirst).isEqualTo(expected);
  }

  @Test
  void aPageOfLongTasksEndsEarlyAndTheNextGoesOn() {
    String task =
        "{\"type\":\"noop\",\"key\":\"%s\",\"payload\":{\"a\":\"%s\"},%s}\n"
            .formatted(key, "x".repeat(900_000), LATER);
    assertThat(rest.post("api/tasks/bulk", task.repeat(75), NDJSON).status()).isEqualTo(200);
    JsonObject first = rest.get("api/tasks?limit=1000&key=" + key).json();
    assertThat(first.getJsonArray("items")).hasSize(50);
    JsonObject second =
        rest.get("api/tasks?limit=1000&key=" + key + "&after=" + first.getJsonNumber("next"))
            .json();
    assertThat(second.getJsonArray("items")).hasSize(25);
    assertThat(second.isNull("next")).isTrue();
  }

  @Test
  void aLongRequestIsWrittenWhileItComesInAndLeavesNothingWhenItBreaksOff() throws Exception {
    long before = lastTaskEver();
    String lines = "{\"type\":\"noop\",\"key\":\"%s\"}\n".formatted(key).repeat(2_500);
    URI node = Cluster.shared().url();
    try (Socket socket = new Socket(node.getHost(), node.getPort())) {
      String head =
          """
          POST /api/tasks/bulk HTTP/1.1
          Host: %s
          Authorization: %s
          Content-Type: application/x-ndjson
          Content-Length: %d

          """
              .formatted(node.getAuthority(), rest.authorization(), lines.length() + 1);
      socket.getOutputStream().write(head.replace("\n", "\r\n").getBytes(UTF_8));
      socket.getOutputStream().write(lines.getBytes(UTF_8));
      Awaitility.await().until(() -> lastTaskEver() >= before + 2_000);
      assertThat(items("key=" + key)).isEmpty();
      socket.shutdownOutput();
      socket.getInputStream().readAllBytes(); // until the server has given up as well
    }
    assertThat(items("key=" + key)).isEmpty();
  }

  @Test
  void tasksAreFoundByEachOfTheirProperties() {
    long id =
        rest.submit(
            "{\"type\":\"noop\",\"queue\":\"q-%s\",\"key\":\"%s\",%s}".formatted(key, key, LATER));
    for (String filter :
        List.of(
            "queue=q-" + key,
            "key=" + key,
            "state=pending&type=noop&queue=q-" + key + "&key=" + key)) {
      assertThat(items(filter)).extracting(SubmitIT::id).containsExactly(id);
    }
    assertThat(items("state=failed&key=" + key)).isEmpty();
    assertThat(items("type=sleep&key=" + key)).isEmpty();
    assertThat(items("key=" + key + "&after=" + id)).isEmpty();
    assertThat(
            rest.get("api/stats")
                .json()
                .getJsonObject("queues")
                .getJsonObject("q-" + key)
                .getInt("pending"))
        .isEqualTo(1);
  }

  @Test
  void aSubmittedTaskIsStartedWithoutAnybodyAskingTwice() {
    assertThat(
            rest.post("api/tasks/bulk", "{\"type\":\"noop\",\"key\":\"%s\"}".formatted(key), NDJSON)
                .status())
        .isEqualTo(200);
    long id = id(items("key=" + key).get(0));
    assertThat(rest.await(id, "succeeded").getInt("attempts")).isEqualTo(1);
    JsonObject attempt = rest.attempts(id).getJsonObject(0);
    assertThat(attempt.getInt("number")).isEqualTo(1);
    assertThat(attempt.getString("outcome")).isEqualTo("succeeded");
    OffsetDateTime started = OffsetDateTime.parse(attempt.getString("startedAt"));
    OffsetDateTime ended = OffsetDateTime.parse(attempt.getString("endedAt"));
    assertThat(Duration.between(started, ended)).isGreaterThanOrEqualTo(Duration.ZERO);
  }

  @Test
  void aNodeIsListedWithItsSlots() {
    JsonObject worker =
        rest.get("api/workers").json().getJsonArray("items").getValuesAs(JsonObject.class).stream()
            .filter(w -> w.getString("state").equals("active"))
            .findFirst()
            .orElseThrow();
    assertThat(worker.getString("id")).isEqualTo("shared-1");
    assertThat(worker.getInt("longSlots")).isPositive();
    assertThat(worker.getInt("quickSlots")).isPositive();
    assertThat(OffsetDateTime.parse(worker.getString("leaseUntil")))
        .isAfter(OffsetDateTime.parse(worker.getString("seenAt")));
  }

  private static List<Rest.Answer> atOnce(int threads, Supplier<Rest.Answer> request) {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      return Stream.generate(() -> CompletableFuture.supplyAsync(request, executor))
          .limit(threads)
          .toList()
          .stream()
          .map(CompletableFuture::join)
          .toList();
    } finally {
      executor.shutdown();
    }
  }

  /** Whoever inserts tasks has moved this, though nothing of it is committed. */
  private static long lastTaskEver() throws SQLException {
    return Cluster.shared().number("select last_value from longshore.task_id_seq");
  }

  private static List<JsonObject> items(String query) {
    return rest.get("api/tasks?" + query)
        .json()
        .getJsonArray("items")
        .getValuesAs(JsonObject.class);
  }

  private static long id(JsonObject task) {
    return task.getJsonNumber("id").longValue();
  }
}
