package dev.longshore.story;

import dev.longshore.local.Node;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonStructure;
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
import java.time.Duration;
import java.util.Base64;
import java.util.Set;
import org.awaitility.Awaitility;

/** Longshore's REST as a test speaks it: plain HTTP with one user's credentials. */
public final class Rest {

  /** What an answer was. */
  public record Answer(int status, HttpResponse<String> response) {
    public JsonObject json() {
      return (JsonObject) structure();
    }

    public JsonStructure structure() {
      try (var reader = Json.createReader(new StringReader(response.body()))) {
        return reader.read();
      }
    }

    public String text() {
      return response.body();
    }

    public String header(String name) {
      return response.headers().firstValue(name).orElse(null);
    }
  }

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final URI base;
  private final String authorization;

  private Rest(URI base, String authorization) {
    this.base = base;
    this.authorization = authorization;
  }

  public static Rest of(Node node, String user) {
    return of(node.url(), user, node.home().credentials().password(user));
  }

  public static Rest of(URI base, String user, String password) {
    String pair = user + ":" + password;
    return new Rest(
        base, "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
  }

  public static Rest anonymous(Node node) {
    return new Rest(node.url(), null);
  }

  /** What goes into the header of that name. */
  public String authorization() {
    return authorization;
  }

  public Answer get(String path) {
    return send(request(path).GET());
  }

  public Answer post(String path, String body) {
    return post(path, body, "application/json");
  }

  public Answer post(String path, String body, String contentType) {
    return send(
        request(path).header("Content-Type", contentType).POST(BodyPublishers.ofString(body)));
  }

  public Answer put(String path, String body) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(body)));
  }

  public Answer post(String path) {
    return send(request(path).POST(BodyPublishers.noBody()));
  }

  public Answer delete(String path) {
    return send(request(path).DELETE());
  }

  /** Submits a task and answers its id. */
  public long submit(String type, String payload) {
    return submit("{\"type\":\"" + type + "\",\"payload\":" + payload + "}");
  }

  /** Submits a task as it is given and answers its id. */
  public long submit(String task) {
    Answer answer = post("api/tasks", task);
    if (answer.status() != 201) {
      throw new AssertionError(answer.status() + " " + answer.text());
    }
    return answer.json().getJsonNumber("id").longValue();
  }

  public JsonObject task(long id) {
    return get("api/tasks/" + id).json();
  }

  public JsonArray attempts(long id) {
    return get("api/tasks/" + id + "/attempts").json().getJsonArray("items");
  }

  /** Waits until the task is in one of the states and answers it. */
  public JsonObject await(long id, String... states) {
    return Awaitility.await("task " + id + " is " + String.join(" or ", states))
        .atMost(Duration.ofSeconds(90))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> task(id), task -> Set.of(states).contains(task.getString("state")));
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path));
    return authorization == null ? request : request.header("Authorization", authorization);
  }

  private static Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response =
          HTTP.send(request.timeout(Duration.ofMinutes(2)).build(), BodyHandlers.ofString());
      return new Answer(response.statusCode(), response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
