package dev.longshore.workload.summary;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An OpenAI-compatible chat endpoint that does what the text asks for: {@code fails 3} answers 503
 * three times, {@code hangs 2} does not answer twice, {@code late 2} answers twice after three
 * seconds, {@code drips 2} answers twice drop by drop, {@code refused} answers 400, {@code odd 1}
 * answers something else, {@code blank 1} an empty summary, {@code busy 1} 429.
 */
final class FakeChatApi implements AutoCloseable {

  private static final Pattern ORDER =
      Pattern.compile("(fails|hangs|odd|blank|busy|late|drips) (\\d+)");

  private final HttpServer server;
  private final Map<String, Integer> calls = new ConcurrentHashMap<>();

  private FakeChatApi(HttpServer server) {
    this.server = server;
  }

  static FakeChatApi start() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    FakeChatApi api = new FakeChatApi(server);
    server.setExecutor(
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "fake-chat-api");
              thread.setDaemon(true);
              return thread;
            }));
    server.createContext("/v1/chat/completions", api::answer);
    server.createContext("/v1/calls", api::count);
    server.start();
    return api;
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** {@code /v1/calls?TEXT}: how often it was called for that text. */
  private void count(HttpExchange exchange) throws IOException {
    try (exchange) {
      send(exchange, 200, calls.getOrDefault(exchange.getRequestURI().getQuery(), 0).toString());
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange;
        JsonReader reader = Json.createReader(exchange.getRequestBody())) {
      JsonObject request = reader.readObject();
      if (!"Bearer the-key".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        send(exchange, 401, "{}");
        return;
      }
      String text = request.getJsonArray("messages").getJsonObject(1).getString("content");
      int call = calls.merge(text, 1, Integer::sum);
      Matcher order = ORDER.matcher(text);
      if (text.contains("refused")) {
        send(exchange, 400, "{}");
      } else if (order.find() && call <= Integer.parseInt(order.group(2))) {
        switch (order.group(1)) {
          case "fails" -> send(exchange, 503, "{}");
          case "busy" -> send(exchange, 429, "{}");
          case "odd" -> send(exchange, 200, "{\"choices\":[]}");
          case "blank" -> summary(exchange, " ");
          case "late" -> {
            pause(3_000);
            summary(exchange, "Too late");
          }
          case "drips" -> drip(exchange);
          default -> pause(60_000);
        }
      } else {
        summary(exchange, "Summary of " + text + " by " + request.getString("model"));
      }
    }
  }

  /** For two seconds; JSON may begin with blanks. */
  private static void drip(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, 0);
    for (int drop = 0; drop < 10; drop++) {
      exchange.getResponseBody().write(' ');
      exchange.getResponseBody().flush();
      pause(200);
    }
    exchange
        .getResponseBody()
        .write(
            "{\"choices\":[{\"message\":{\"content\":\"Too late\"}}]}"
                .getBytes(StandardCharsets.UTF_8));
  }

  private static void summary(HttpExchange exchange, String content) throws IOException {
    JsonObject message = Json.createObjectBuilder().add("content", content).build();
    send(
        exchange,
        200,
        Json.createObjectBuilder()
            .add(
                "choices",
                Json.createArrayBuilder().add(Json.createObjectBuilder().add("message", message)))
            .build()
            .toString());
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
