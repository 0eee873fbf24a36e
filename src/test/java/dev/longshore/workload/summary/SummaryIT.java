package dev.longshore.workload.summary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.db.Sql;
import dev.longshore.log.Message;
import dev.longshore.log.MessageLog;
import dev.longshore.log.worker.Control;
import dev.longshore.log.worker.Health;
import dev.longshore.log.worker.Standings;
import dev.longshore.story.Archives;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The summary worker against an API that answers, fails, hangs, comes late and refuses. */
@ExtendWith(ArquillianExtension.class)
@Execution(ExecutionMode.SAME_THREAD)
class SummaryIT {

  private static final Pattern TRIES = Pattern.compile("\"tries\": (\\d+)");

  @Inject private Posts posts;
  @Inject private MessageLog log;
  @Inject private Standings standings;
  @Inject private Control control;
  @Inject private Sql sql;

  /** Made outside of the server, which has but its port. */
  @Deployment
  static WebArchive archive() throws IOException {
    String settings =
        """
        longshore.summary.url=http://127.0.0.1:%d/v1/
        longshore.summary.key=the-key
        longshore.summary.model=test-model
        longshore.summary.timeout=PT1S
        longshore.summary.retry-after=PT0.2S
        longshore.summary.give-up-after=PT10S
        longshore.event-worker.summary.every=PT0.5S
        dev.longshore.workload.summary.Summarizer/summarize/CircuitBreaker/delay=1
        dev.longshore.workload.summary.Summarizer/summarize/Timeout/value=1500
        dev.longshore.workload.summary.Summarizer/summarize/Timeout/unit=MILLIS
        """
            .formatted(FakeChatApi.start().port());
    return Archives.longshore()
        .addClasses(Archives.class, SummaryIT.class)
        .addAsResource(new StringAsset(settings), "META-INF/microprofile-config.properties");
  }

  @BeforeEach
  void awaitHealth() {
    await("healthy", () -> health() == Health.Status.HEALTHY);
  }

  @Test
  void aPostIsSummarizedAndTheLogSaysHow() {
    long before = log.readable();
    long post = posts.create("A title", "plain text");
    awaitStatus(post, "summarized");
    assertThat(posts.get(post).summary()).isEqualTo("Summary of plain text by test-model");
    assertThat(log.page(null, before, 10).stream().map(Message::name))
        .containsExactly("post/create", "post/request-summary", "post/set-summary");
    await("nothing pending", () -> !standings.get("summary").state().contains("tries"));
  }

  @Test
  void whileTheApiFailsTheWorkerIsDegradedAndGoesOnUntilTheSummaryComes() {
    long post = posts.create("", "fails 3");
    await("degraded", () -> health() == Health.Status.DEGRADED);
    assertThat(posts.get(post).status()).isEqualTo("pending");
    awaitStatus(post, "summarized");
    await("recovered", () -> health() == Health.Status.HEALTHY);
  }

  @Test
  void anApiThatHangsOrComesLateCostsItsTimeOut() {
    sixCallsGoWell();
    long hangs = posts.create("", "hangs 4");
    awaitTimeOut(hangs);
    awaitStatus(hangs, "summarized");
    assertThat(calls("hangs 4")).isEqualTo(5);
    long late = posts.create("", "late 4");
    awaitStatus(late, "summarized");
    assertThat(calls("late 4")).isEqualTo(5); // what came too late is not taken
    assertThat(posts.get(late).summary()).isEqualTo("Summary of late 4 by test-model");
  }

  /** Each byte comes in time, so no time-out of the connection's sees that all come too late. */
  @Test
  void anAnswerThatComesDropByDropCostsTheTimeOutOfTheCall() {
    sixCallsGoWell();
    long post = posts.create("", "drips 1");
    awaitStatus(post, "summarized");
    assertThat(posts.get(post).summary()).isEqualTo("Summary of drips 1 by test-model");
    assertThat(calls("drips 1")).isEqualTo(2);
  }

  private void awaitTimeOut(long post) {
    await(
        "timed out",
        () ->
            request(post)
                .filter(r -> r.contains("timed out") || r.contains("Timeout"))
                .isPresent());
  }

  /** Each try is two calls; after six calls that failed none is made for a while. */
  @Test
  void anApiThatIsDownIsCalledTwiceForATryAndThenNotForAWhile() {
    sixCallsGoWell();
    long post = posts.create("", "fails 1000");
    await(
        "no calls",
        () ->
            standings.here().get("summary").reasons().stream()
                .anyMatch(r -> r.contains("Its last calls failed, so none is made for a while.")));
    Matcher tries = TRIES.matcher(request(post).orElseThrow());
    assertThat(tries.find()).isTrue();
    assertThat(Integer.parseInt(tries.group(1))).isPositive();
    assertThat(calls("fails 1000")).isGreaterThanOrEqualTo(2 * Integer.parseInt(tries.group(1)));
    awaitStatus(post, "failed");
    assertThat(posts.get(post).error()).contains("The summary API answers 503.");
    sixCallsGoWell();
  }

  /** The breaker is closed, and knows of no failure: it looks at the last six calls. */
  private void sixCallsGoWell() {
    for (int call = 1; call <= 6; call++) {
      awaitStatus(posts.create("", "text " + call), "summarized");
    }
  }

  /** What the worker's state says of a post that has no summary yet. */
  private Optional<String> request(long post) {
    String state = standings.get("summary").state();
    return Pattern.compile("\"" + post + "\": (\\{[^}]*})")
        .matcher(state == null ? "" : state)
        .results()
        .map(found -> found.group(1))
        .findFirst();
  }

  private int calls(String text) {
    URI url = ConfigProvider.getConfig().getValue("longshore.summary.url", URI.class);
    try {
      return Integer.parseInt(
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(url.resolve("calls?" + text.replace(" ", "%20"))).build(),
                  HttpResponse.BodyHandlers.ofString())
              .body());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatTheApiRefusesIsNotAskedAgain() {
    long post = posts.create("", "refused text");
    awaitStatus(post, "failed");
    assertThat(posts.get(post).error()).contains("answers 400 and refuses the text");
  }

  @Test
  void afterADayItGivesUp() {
    long post = posts.create("", "odd 1000");
    awaitStatus(post, "failed");
    assertThat(posts.get(post).error())
        .startsWith("No summary came within PT10S, after")
        .contains("answers with something else");
  }

  @Test
  void anApiThatIsBusyOrSaysNothingIsAskedAgain() {
    long busy = posts.create("", "busy 1");
    long blank = posts.create("", "blank 1");
    awaitStatus(busy, "summarized");
    awaitStatus(blank, "summarized");
    assertThat(posts.get(blank).summary()).isEqualTo("Summary of blank 1 by test-model");
  }

  @Test
  void itsStateIsRebuiltFromTheLogWithoutACall() {
    long post = posts.create("", "rebuilt text");
    awaitStatus(post, "summarized");
    long before = log.readable();
    sql.update("update longshore.post set summary = null, status = 'pending' where id = ?", post);
    long first =
        log.page("post/create", 0, 1000).stream()
            .filter(m -> m.payload().getInt("post") == post)
            .findFirst()
            .orElseThrow()
            .id();
    control.position("summary", Long.toString(first), true, "test");
    awaitStatus(post, "summarized");
    assertThat(log.page(null, before, 10)).extracting(Message::name).isEqualTo(List.of());
  }

  /** As its node sees it at once; what the database says of it follows within seconds. */
  private Health.Status health() {
    Health here = standings.here().get("summary");
    return here == null ? null : here.status();
  }

  private void awaitStatus(long post, String status) {
    await(status, () -> posts.get(post).status().equals(status));
  }

  private static void await(String what, java.util.concurrent.Callable<Boolean> condition) {
    Awaitility.await(what)
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(50))
        .until(condition);
  }
}
