package dev.longshore.test;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Set;
import java.util.function.Predicate;

/** A node on real servers, as a test speaks to it: REST with the operator's credentials. */
public final class RunningNode {

  private static final String USER = "operator";
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Set<String> FINAL = Set.of("succeeded", "failed", "cancelled");

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI url;
  private final Path home;

  RunningNode(URI url, Path home) {
    this.url = url;
    this.home = home;
  }

  /** Where it answers; ends with a slash. */
  public URI url() {
    return url;
  }

  /** The launcher's home, with the credentials, the logs and the servers' addresses. */
  public Path home() {
    return home;
  }

  /**
   * Submits a task and waits for its end.
   *
   * @return the task as REST tells of it
   */
  public JsonObject run(String type, JsonObject payload) {
    JsonObject task =
        post(
            "api/tasks",
            Json.createObjectBuilder().add("type", type).add("payload", payload).build());
    return await("api/tasks/" + task.getInt("id"), t -> FINAL.contains(t.getString("state")));
  }

  /** Appends a message and answers with its id. */
  public long append(String name, JsonObject payload) {
    return post(
            "api/messages",
            Json.createObjectBuilder().add("name", name).add("payload", payload).build())
        .getJsonNumber("id")
        .longValue();
  }

  /** Waits until an event worker is behind a message. */
  public JsonObject awaitHandled(String worker, long message) {
    return await(
        "api/event-workers/" + worker, w -> w.getJsonNumber("position").longValue() >= message);
  }

  /**
   * Asks until the answer is as wanted, for a minute at most.
   *
   * @throws AssertionError with the last answer when it does not become so
   */
  public JsonObject await(String path, Predicate<JsonObject> wanted) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    JsonObject answer = get(path);
    while (!wanted.test(answer)) {
      if (System.nanoTime() > end) {
        throw new AssertionError(path + " is still " + answer + " after " + PATIENCE);
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
      answer = get(path);
    }
    return answer;
  }

  public JsonObject get(String path) {
    return send(HttpRequest.newBuilder(url.resolve(path)).GET());
  }

  public JsonObject post(String path, JsonObject body) {
    return send(
        HttpRequest.newBuilder(url.resolve(path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.toString())));
  }

  /**
   * @throws AssertionError when the answer is not of the 200s
   */
  private JsonObject send(HttpRequest.Builder builder) {
    HttpRequest request = builder.header("Authorization", authorization()).build();
    try {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      if (answer.statusCode() / 100 != 2) {
        throw new AssertionError(
            request.method()
                + " "
                + request.uri()
                + " answers "
                + answer.statusCode()
                + ": "
                + answer.body());
      }
      try (JsonReader reader = Json.createReader(new StringReader(answer.body()))) {
        return reader.readObject();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private String authorization() {
    try {
      String pair =
          Files.readAllLines(home.resolve("credentials")).stream()
              .filter(line -> line.startsWith(USER + ":"))
              .findFirst()
              .orElseThrow();
      return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
