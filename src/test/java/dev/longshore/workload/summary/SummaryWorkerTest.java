package dev.longshore.workload.summary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.log.MessageLog;
import dev.longshore.test.TestWorker;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.junit.jupiter.api.Test;

class SummaryWorkerTest {

  private static final long GONE = 8;
  private static final long REFUSED = 9;

  /** Answers, unless it is down; never to what is odd, and a refusal to what is refused. */
  static class Api extends Summarizer {
    boolean down;
    boolean open;

    @Override
    public String summarize(String text) {
      if (open) {
        throw new CircuitBreakerOpenException();
      }
      if (text.equals("refused")) {
        throw new SummaryRefused("It refuses the text.");
      }
      if (down || text.equals("odd")) {
        throw new IllegalStateException("No answer to " + text + ", at length".repeat(1000));
      }
      return "Summary of " + text;
    }
  }

  static class Table extends Posts {
    final Map<Long, String> ended = new TreeMap<>();

    @Override
    Optional<String> text(long id) {
      return id == GONE
          ? Optional.empty()
          : Optional.of(id == 1 ? "odd" : id == REFUSED ? "refused" : "text " + id);
    }

    @Override
    void summarized(long id, String summary) {
      ended.put(id, summary);
    }

    @Override
    void failed(long id, String error) {
      ended.put(id, error);
    }
  }

  private final Api api = new Api();
  private final Table posts = new Table();
  private final TestWorker worker = TestWorker.of(SummaryWorker.class).with(api, posts).start();

  @Test
  void oneThatIsNeverAnsweredHoldsUpNoOtherAndIsGivenUpAfterADay() {
    api.down = true;
    for (long post = 1; post <= 3; post++) {
      worker.given("post/request-summary", new SummaryRequested(post));
    }
    assertThat(worker.degraded()).containsOnlyKeys("summary API");
    api.down = false;
    worker.advance(Duration.ofMinutes(10));
    assertThat(posts.ended)
        .containsExactly(Map.entry(2L, "Summary of text 2"), Map.entry(3L, "Summary of text 3"));
    worker.advance(Duration.ofHours(25));
    assertThat(posts.ended.get(1L)).startsWith("No summary came within PT24H, after");
    assertThat(worker.state(PendingSummaries.class).requests).isEmpty();
    assertThat(worker.degraded()).isEmpty();
  }

  @Test
  void whatNoOtherTryWillHelpIsGivenUpAtOnce() {
    worker.given("post/request-summary", new SummaryRequested(REFUSED));
    worker.given("post/request-summary", new SummaryRequested(GONE));
    assertThat(posts.ended)
        .containsExactly(
            Map.entry(GONE, "The post is gone."), Map.entry(REFUSED, "It refuses the text."));
    assertThat(worker.state(PendingSummaries.class).requests).isEmpty();
    assertThat(worker.degraded()).isEmpty();
  }

  @Test
  void aCallThatIsNotMadeIsNoTry() {
    api.open = true;
    worker.given("post/request-summary", new SummaryRequested(2));
    worker.advance(Duration.ofMinutes(10));
    assertThat(worker.degraded())
        .containsExactly(
            Map.entry("summary API", "Its last calls failed, so none is made for a while."));
    assertThat(worker.state(PendingSummaries.class).requests.get("2").tries()).isZero();
    api.open = false;
    worker.advance(Duration.ofMinutes(1));
    assertThat(posts.ended).containsExactly(Map.entry(2L, "Summary of text 2"));
    assertThat(worker.degraded()).isEmpty();
  }

  /** Who appends holds up all readers of the log until it commits. */
  @Test
  void aRunAppendsNothingBeforeItsLastCall() {
    List<Object> appended = new ArrayList<>();
    Object log =
        Proxy.newProxyInstance(
            MessageLog.class.getClassLoader(),
            new Class<?>[] {MessageLog.class},
            (proxy, method, args) -> {
              appended.add(args[0]);
              return 1L;
            });
    List<Integer> appendedAtCall = new ArrayList<>();
    Api counts =
        new Api() {
          @Override
          public String summarize(String text) {
            appendedAtCall.add(appended.size());
            return super.summarize(text);
          }
        };
    TestWorker two = TestWorker.of(SummaryWorker.class).with(counts, posts, log).start();
    counts.down = true;
    for (long post = 2; post <= 3; post++) {
      two.given("post/request-summary", new SummaryRequested(post));
    }
    counts.down = false;
    appendedAtCall.clear();
    two.advance(Duration.ofMinutes(10));
    assertThat(appendedAtCall).containsExactly(0, 0);
    assertThat(appended).containsExactly("post/set-summary", "post/set-summary");
  }

  @Test
  void theDayBeginsWithTheRequestAlsoWhenItIsReplayed() {
    api.down = true;
    worker.given("post/request-summary", new SummaryRequested(2));
    worker.advance(Duration.ofHours(20));
    worker.replay(true);
    worker.advance(Duration.ofHours(5));
    assertThat(posts.ended.get(2L)).startsWith("No summary came within PT24H");
  }

  /** The state is written with every message, and the log keeps what is not in it. */
  @Test
  void whileTheApiIsDownSomeArePendingAndTheOthersWaitInTheLog() {
    api.down = true;
    for (long post = 10; post < 260; post++) {
      worker.given("post/request-summary", new SummaryRequested(post));
    }
    assertThat(worker.state(PendingSummaries.class).requests)
        .hasSize(200)
        .allSatisfy((post, request) -> assertThat(request.error()).hasSizeLessThan(300));
    assertThat(worker.status()).isEqualTo(TestWorker.Status.WAITING);
    api.down = false;
    worker.advance(Duration.ofHours(1));
    assertThat(posts.ended.values()).hasSize(250).allMatch(s -> s.startsWith("Summary of"));
    assertThat(worker.deadLetters()).isEmpty();
    assertThat(worker.degraded()).isEmpty();
  }

  @Test
  void oneThatWasNeverTriedIsGivenUpWithThatForAReason() {
    api.open = true;
    worker.given("post/request-summary", new SummaryRequested(2));
    worker.advance(Duration.ofHours(25));
    assertThat(posts.ended)
        .containsExactly(
            Map.entry(
                2L,
                "No summary came within PT24H, after 0 tries: other calls failed, so none was made"
                    + " for it."));
  }
}
