package dev.longshore.cli;

import dev.longshore.local.Home;
import dev.longshore.local.Secrets;
import dev.longshore.local.Settings;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Base64;
import java.util.stream.Collectors;

/**
 * A running node over REST, as the home's operator. Whatever is not a success becomes a {@link
 * CommandException} with one line.
 */
final class Api {

  private static final String USER = "operator";

  private final URI base;
  private final String authorization;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  Api(URI base, Secrets credentials) {
    this.base = base;
    String pair = USER + ":" + credentials.password(USER);
    this.authorization =
        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  /** The node that the settings' home belongs to. */
  static Api of(Settings settings) {
    Home home = settings.home();
    return new Api(address(settings, home), Secrets.read(home.path().resolve("credentials")));
  }

  private static URI address(Settings settings, Home home) {
    if (settings.get("LONGSHORE_HTTP_PORT") == null && Files.exists(home.url())) {
      try {
        return URI.create(Files.readString(home.url()).strip());
      } catch (IOException | IllegalArgumentException e) {
        // The default port is as good a guess.
      }
    }
    return URI.create("http://127.0.0.1:" + settings.httpPort() + "/");
  }

  URI base() {
    return base;
  }

  JsonObject get(String path) {
    return object(send(request(path).GET()));
  }

  /** An answer that is plain text. */
  String text(String path) {
    return send(request(path).setHeader("Accept", "text/plain, application/problem+json").GET())
        .body();
  }

  /** An answer and its code: 200 and 201 mean different things to who submits. */
  record Answer(int status, JsonObject body) {}

  Answer post(String path, JsonObject body) {
    HttpResponse<String> response =
        send(
            request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString())));
    return new Answer(response.statusCode(), object(response));
  }

  JsonObject put(String path, JsonObject body) {
    return object(
        send(
            request(path)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(body.toString()))));
  }

  /** Sends many documents in one request, one a line. */
  JsonObject postLines(String path, String lines) {
    return object(
        send(
            request(path)
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString(lines))));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(base.resolve(path))
        .timeout(Duration.ofMinutes(5))
        .header("Authorization", authorization)
        .header("Accept", "application/json, application/problem+json");
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response =
          http.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
      if (response.statusCode() >= 400) {
        throw new CommandException(Longshore.BAD_INPUT, problem(response));
      }
      return response;
    } catch (IOException e) {
      throw new CommandException(
          Longshore.BAD_INPUT,
          "No node answers at "
              + base
              + " ("
              + reason(e)
              + "): start one with \"./longshore up\".");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException(Longshore.BAD_INPUT, "Interrupted.");
    }
  }

  private static String reason(IOException e) {
    return e instanceof ConnectException ? "connection refused" : e.toString();
  }

  private JsonObject object(HttpResponse<String> response) {
    try (JsonReader reader = Json.createReader(new StringReader(response.body()))) {
      return reader.readObject();
    } catch (JsonException e) {
      throw new CommandException(
          Longshore.BAD_INPUT,
          "What answers at " + base + " is not a node of Longshore: it sent no JSON object.");
    }
  }

  private String problem(HttpResponse<String> response) {
    if (response.statusCode() == 401) {
      return "The node at "
          + base
          + " refuses the password in LONGSHORE_HOME: set it to that node's home.";
    }
    try (JsonReader reader = Json.createReader(new StringReader(response.body()))) {
      return problem(reader.readObject());
    } catch (JsonException e) {
      return "The node at " + base + " answered " + response.statusCode() + ".";
    }
  }

  /** Folds a problem document into one line. */
  static String problem(JsonObject problem) {
    String line = problem.getString("detail", problem.getString("title", "Refused"));
    JsonValue violations = problem.get("violations");
    if (violations == null || violations.getValueType() != JsonValue.ValueType.ARRAY) {
      return line;
    }
    String fields =
        violations.asJsonArray().stream()
            .map(JsonValue::asJsonObject)
            // The detail often says the only one already.
            .filter(v -> !line.contains(v.getString("message", "")))
            .map(v -> v.getString("field", "") + ": " + v.getString("message", ""))
            .collect(Collectors.joining("; "));
    return fields.isEmpty() ? line : line + " (" + fields + ")";
  }

  /** A text field that may be {@code null} or missing. */
  static String text(JsonObject object, String field) {
    JsonValue value = object.get(field);
    if (value == null || value == JsonValue.NULL) {
      return null;
    }
    return value instanceof JsonString string ? string.getString() : value.toString();
  }
}
