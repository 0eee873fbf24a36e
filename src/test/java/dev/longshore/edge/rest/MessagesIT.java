package dev.longshore.edge.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.story.Cluster;
import dev.longshore.story.Rest;
import dev.longshore.story.Rest.Answer;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The log and the event workers over HTTP. */
@Execution(ExecutionMode.SAME_THREAD)
class MessagesIT {

  private final Rest rest = Cluster.shared().rest();

  @Test
  void aMessageIsAppendedAndRead() {
    Answer answer =
        rest.post(
            "api/messages",
            "{\"name\":\"rest-it/one\",\"payload\":{\"n\":1},\"metadata\":{\"by\":\"it\"}}");
    assertThat(answer.status()).isEqualTo(201);
    JsonObject message = answer.json();
    assertThat(answer.header("Location")).endsWith("/api/messages/" + message.getInt("id"));
    assertThat(rest.get("api/messages/" + message.getInt("id")).json()).isEqualTo(message);
    assertThat(message.getJsonObject("payload").getInt("n")).isEqualTo(1);
    assertThat(message.getJsonObject("metadata").getString("by")).isEqualTo("it");
  }

  @Test
  void aReaderGoesThroughTheLogPageByPage() {
    StringBuilder lines = new StringBuilder();
    for (int n = 0; n < 25; n++) {
      lines.append("{\"name\":\"rest-it/many\",\"payload\":{\"n\":%d}}\n".formatted(n));
    }
    assertThat(rest.post("api/messages/bulk", lines.toString(), "application/x-ndjson").text())
        .isEqualTo("{\"appended\":25}");
    int seen = 0;
    String after = "";
    JsonObject page;
    do {
      page = rest.get("api/messages?name=rest-it/many&limit=10" + after).json();
      for (JsonObject message : page.getJsonArray("items").getValuesAs(JsonObject.class)) {
        assertThat(message.getJsonObject("payload").getInt("n")).isEqualTo(seen++);
      }
      after = "&after=" + page.get("next");
    } while (!page.isNull("next"));
    assertThat(seen).isEqualTo(25);
  }

  /** Of whatever size the messages are, a page is not. */
  @Test
  void aPageOfLargeMessagesIsShortAndTheNextOneGoesOn() {
    String large = "x".repeat(900_000);
    for (int n = 0; n < 6; n++) {
      rest.post(
          "api/messages",
          "{\"name\":\"rest-it/large\",\"payload\":{\"t\":\"%s\"}}".formatted(large));
    }
    List<Integer> pages = new ArrayList<>();
    String after = "";
    JsonObject page;
    do {
      page = rest.get("api/messages?name=rest-it/large&limit=1000" + after).json();
      pages.add(page.getJsonArray("items").size());
      after = "&after=" + page.get("next");
    } while (!page.isNull("next"));
    assertThat(pages).containsExactly(5, 1);
  }

  @Test
  void metricsSayHowFarAWorkerIsBehindInEachNameAndWhatFailed() {
    double failed = Math.max(0, metric("errors_total", "diagnostic/fail"));
    double handled = Math.max(0, metric("messages_total", "diagnostic/fail"));
    rest.post("api/messages", "{\"name\":\"diagnostic/fail\",\"payload\":{\"times\":2}}");
    awaitTrue(() -> metric("messages_total", "diagnostic/fail") == handled + 1);
    assertThat(metric("errors_total", "diagnostic/fail")).isEqualTo(failed + 2);

    rest.post("api/event-workers/diagnostic/pause");
    try {
      awaitTrue(() -> metric("lag_messages", "diagnostic/noop") == 0);
      rest.post(
          "api/messages/bulk",
          "{\"name\":\"diagnostic/noop\"}\n".repeat(3) + "{\"name\":\"diagnostic/effect\"}\n",
          "application/x-ndjson");
      awaitTrue(() -> metric("lag_messages", "diagnostic/noop") == 3);
      assertThat(metric("lag_seconds", "diagnostic/noop")).isPositive();
      assertThat(metric("lag_messages", "diagnostic/effect")).isEqualTo(1);
      assertThat(metric("lag_messages", "diagnostic/fail")).isZero();
    } finally {
      rest.post("api/event-workers/diagnostic/resume");
    }
    awaitTrue(
        () ->
            metric("lag_messages", "diagnostic/noop") == 0
                && metric("lag_seconds", "diagnostic/noop") == 0);
  }

  private static void awaitTrue(Callable<Boolean> condition) {
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(condition);
  }

  /** What Prometheus reads of the diagnostic worker; -1 where there is no such metric. */
  private double metric(String name, String message) {
    return rest.get("metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith("longshore_event_worker_" + name + "{"))
        .filter(line -> line.contains("message=\"" + message + "\""))
        .filter(line -> line.contains("worker=\"diagnostic\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElse(-1);
  }

  @Test
  void whatIsWrongIsSaidAndNothingIsAppended() {
    Answer bad = rest.post("api/messages", "{\"name\":\"a//b\",\"payload\":[],\"extra\":1}");
    assertThat(bad.status()).isEqualTo(422);
    assertThat(bad.text()).contains("\"field\":\"name\"", "\"field\":\"payload\"", "extra");
    Answer bulk =
        rest.post(
            "api/messages/bulk",
            "{\"name\":\"rest-it/none\"}\n\n{\"name\":\"\"}\n",
            "application/x-ndjson");
    assertThat(bulk.status()).isEqualTo(422);
    assertThat(bulk.json().getInt("line")).isEqualTo(3);
    Answer array = rest.post("api/messages/bulk", "[{\"name\":\"rest-it/none\"},{\"name\":7}]");
    assertThat(array.json().getInt("index")).isEqualTo(1);
    assertThat(rest.get("api/messages?name=rest-it/none").json().getJsonArray("items")).isEmpty();
    assertThat(rest.get("api/messages?nme=x").status()).isEqualTo(400);
    assertThat(rest.get("api/messages/nothing").status()).isEqualTo(404);
    assertThat(Cluster.shared().rest("viewer").post("api/messages", "{}").status()).isEqualTo(403);
  }

  @Test
  void aDeadLetterIsListedReplayedAndDiscarded() {
    int id =
        rest.post(
                "api/messages",
                "{\"name\":\"diagnostic/fail\",\"payload\":{\"times\":5,\"name\":7}}")
            .json()
            .getInt("id");
    String letters = "api/event-workers/diagnostic/dead-letters";
    JsonObject letter =
        Awaitility.await()
            .atMost(Duration.ofSeconds(30))
            .until(
                () ->
                    rest.get(letters + "?limit=1000").json().getJsonArray("items").stream()
                        .map(item -> (JsonObject) item)
                        .filter(item -> item.getInt("message") == id)
                        .findFirst()
                        .orElse(null),
                found -> found != null);
    assertThat(letter.getString("error")).contains("payload.name");
    assertThat(letter.getInt("attempts")).isEqualTo(1);
    String one = letters + "/" + letter.getInt("id");
    assertThat(rest.post(one + "/replay").status()).isEqualTo(202);
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> rest.get(one).json().getInt("attempts") == 2);
    assertThat(rest.get(one).json().getBoolean("replaying")).isFalse();
    assertThat(rest.delete(one).status()).isEqualTo(204);
    assertThat(rest.get(one).status()).isEqualTo(404);
  }

  @Test
  void workersAreListedWatchedAndControlled() {
    JsonArray workers = rest.get("api/event-workers").json().getJsonArray("items");
    assertThat(workers.getValuesAs(JsonObject.class))
        .extracting(worker -> worker.getString("name"))
        .contains("diagnostic", "summary");
    assertThat(rest.get("api/event-workers/nobody").status()).isEqualTo(404);
    assertThat(rest.delete("api/event-workers/diagnostic").status()).isEqualTo(409);
    assertThat(rest.post("api/event-workers/diagnostic/set-aside").status()).isEqualTo(409);
    assertThat(
            rest.post("api/event-workers/diagnostic/position", "{\"position\":\"yesterday\"}")
                .status())
        .isEqualTo(422);
    rest.post("api/messages", "{\"name\":\"diagnostic/noop\"}");
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                rest.get("metrics")
                    .text()
                    .matches(
                        "(?s).*longshore_event_worker_messages_total\\{[^}]*message=\"diagnostic/noop\"[^}]*worker=\"diagnostic\".*"));
    assertThat(rest.get("metrics").text())
        .contains(
            "longshore_event_worker_lag_seconds", "longshore_event_worker_handler_seconds_bucket")
        .doesNotContainPattern("longshore_event_worker_handler_seconds\\{[^}]*quantile=");
    assertThat(rest.get("health/ready").text()).contains("event-workers", "\"diagnostic\":\"");
  }
}
