package dev.longshore.workload.summary;

import dev.longshore.problem.JsonText;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.ws.rs.WebApplicationException;
import java.net.URI;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.eclipse.microprofile.faulttolerance.Retry;
import org.eclipse.microprofile.faulttolerance.Timeout;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.eclipse.microprofile.rest.client.RestClientBuilder;

/**
 * Has a chat API write summaries. Each call is tried twice; when half of the last calls failed none
 * is made for a while, and the breaker's exception says so at once.
 */
@ApplicationScoped
public class Summarizer {

  private static final int UNAUTHORIZED = 401;
  private static final int TIMED_OUT = 408;
  private static final int TOO_MANY = 429;

  @Inject
  @ConfigProperty(name = "longshore.summary.url")
  private Optional<URI> url;

  @Inject
  @ConfigProperty(name = "longshore.summary.key")
  private Optional<String> key;

  @Inject
  @ConfigProperty(name = "longshore.summary.model", defaultValue = "gpt-4o-mini")
  private String model;

  @Inject
  @ConfigProperty(name = "longshore.summary.timeout", defaultValue = "PT5S")
  private Duration timeout;

  private volatile ChatApi api;

  /**
   * The summary of a text.
   *
   * @throws SummaryRefused when no other try will help
   * @throws RuntimeException when the API is down, slow or not set up
   */
  @Retry(
      maxRetries = 1,
      delay = 200,
      abortOn = {SummaryRefused.class, CircuitBreakerOpenException.class})
  @CircuitBreaker(
      requestVolumeThreshold = 6,
      failureRatio = 0.5,
      delay = 10,
      delayUnit = ChronoUnit.SECONDS,
      skipOn = SummaryRefused.class)
  @Timeout(value = 10, unit = ChronoUnit.SECONDS)
  public String summarize(String text) {
    JsonObject answer;
    try {
      answer = api().complete(key.map(k -> "Bearer " + k).orElse(null), request(text));
    } catch (WebApplicationException e) {
      int status = e.getResponse().getStatus();
      String said = "The summary API answers " + status;
      boolean ofTheText =
          status >= 400
              && status < 500
              && status != TIMED_OUT
              && status != TOO_MANY
              && status != UNAUTHORIZED
              && status != 403
              && status != 404;
      if (ofTheText) {
        throw new SummaryRefused(said + " and refuses the text.");
      }
      throw new IllegalStateException(said + ".", e);
    }
    return summary(answer);
  }

  private JsonObject request(String text) {
    return Json.createObjectBuilder()
        .add("model", model)
        .add(
            "messages",
            Json.createArrayBuilder()
                .add(
                    Json.createObjectBuilder()
                        .add("role", "system")
                        .add(
                            "content",
                            "Summarize the text of the user in at most three sentences, in its own"
                                + " language. Answer with the summary alone."))
                .add(Json.createObjectBuilder().add("role", "user").add("content", text)))
        .build();
  }

  /** What an answer says; nothing else is taken for a summary. */
  static String summary(JsonObject answer) {
    String summary;
    try {
      summary =
          answer
              .getJsonArray("choices")
              .getJsonObject(0)
              .getJsonObject("message")
              .getString("content")
              .strip();
    } catch (RuntimeException e) {
      throw new IllegalStateException("The summary API answers with something else: " + answer, e);
    }
    if (summary.isEmpty()) {
      throw new IllegalStateException("The summary API answers with an empty summary.");
    }
    // Found out by the database it would cost the transaction, and with it all that others need.
    String unstorable = JsonText.unstorable(summary);
    if (unstorable != null) {
      throw new IllegalStateException("The summary API's summary " + unstorable);
    }
    return summary;
  }

  private ChatApi api() {
    if (api == null) {
      api =
          RestClientBuilder.newBuilder()
              .baseUri(
                  url.orElseThrow(
                      () -> new IllegalStateException("longshore.summary.url is not set.")))
              .connectTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
              .readTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
              .build(ChatApi.class);
    }
    return api;
  }
}
