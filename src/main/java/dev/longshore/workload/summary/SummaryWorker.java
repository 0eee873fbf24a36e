package dev.longshore.workload.summary;

import dev.longshore.log.Message;
import dev.longshore.log.MessageLog;
import dev.longshore.log.worker.EventWorker;
import dev.longshore.log.worker.OnMessage;
import dev.longshore.log.worker.Periodically;
import dev.longshore.log.worker.ServiceDown;
import dev.longshore.log.worker.WorkerContext;
import dev.longshore.workload.summary.PendingSummaries.Request;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;

/**
 * Summarizes posts. While the API is down it goes on without it: what is missing stays in its
 * state, and the periodic run tries it again until it comes or a day is over. When too many are
 * missing it waits in front of the next one.
 *
 * <p>Every message has a transaction of its own, and a periodic run too; both append after their
 * last call: nobody who reads the log waits for the API.
 */
@EventWorker(
    name = "summary",
    description = "Has summaries of posts written.",
    state = PendingSummaries.class,
    timeLimit = "PT30S",
    chunk = 1)
public class SummaryWorker {

  private static final String API = "summary API";

  /**
   * So many may be pending: the state is written with every message. The others wait in the log.
   */
  private static final int MOST_PENDING = 200;

  /** What is kept of an error. */
  private static final int ERROR_LENGTH = 250;

  @Inject private MessageLog log;
  @Inject private Posts posts;
  @Inject private Summarizer summarizer;

  /** How old an unanswered request is before it is tried again. */
  @Inject
  @ConfigProperty(name = "longshore.summary.retry-after", defaultValue = "PT1M")
  private Duration retryAfter;

  @Inject
  @ConfigProperty(name = "longshore.summary.give-up-after", defaultValue = "PT24H")
  private Duration giveUpAfter;

  @OnMessage("post/create")
  void created(PostCreated post, WorkerContext context) {
    if (!context.isReplay()) { // what was asked for then stands in the log
      log.append("post/request-summary", new SummaryRequested(post.post()));
    }
  }

  @OnMessage("post/request-summary")
  void requested(
      SummaryRequested request, PendingSummaries state, Message message, WorkerContext context) {
    String post = Long.toString(request.post());
    if (state.requests.size() >= MOST_PENDING
        && !state.requests.containsKey(post)
        && !context.isReplay()) { // a replay takes back what it adds
      throw new ServiceDown(
          MOST_PENDING
              + " summaries are missing already: the next ones are asked for when some came.");
    }
    state.requests.put(post, new Request(message.createdAt().toInstant().toString(), 0, null));
    if (!context.isReplay()) {
      summarize(post, state, context, Runnable::run);
    }
  }

  @OnMessage("post/set-summary")
  void set(SummarySet summary, PendingSummaries state) {
    state.requests.remove(Long.toString(summary.post()));
    posts.summarized(summary.post(), summary.summary());
  }

  @OnMessage("post/fail-summary")
  void failed(SummaryFailed failure, PendingSummaries state) {
    state.requests.remove(Long.toString(failure.post()));
    posts.failed(failure.post(), failure.error());
  }

  /**
   * One that fails ends the run, since the next would fail as well; so what was tried least comes
   * first, and one that never goes well holds up nobody.
   */
  @Periodically(every = "PT30S", timeLimit = "PT1M")
  void retry(PendingSummaries state, WorkerContext context) {
    List<Map.Entry<String, Request>> old =
        state.requests.entrySet().stream()
            .filter(r -> isOlder(r.getValue(), retryAfter, context.now()))
            .sorted(
                Map.Entry.comparingByValue(
                    Comparator.comparingInt(Request::tries).thenComparing(Request::since)))
            .toList();
    List<Runnable> appends = new ArrayList<>();
    boolean goesWell = true;
    for (Map.Entry<String, Request> request : old) {
      if (isOlder(request.getValue(), giveUpAfter, context.now())) {
        giveUp(
            request.getKey(),
            "No summary came within "
                + giveUpAfter
                + ", after "
                + request.getValue().tries()
                + " tries: "
                + (request.getValue().error() == null
                    ? "other calls failed, so none was made for it."
                    : request.getValue().error()),
            state,
            appends::add);
      } else if (goesWell && !context.stopRequested()) {
        goesWell = summarize(request.getKey(), state, context, appends::add);
      }
    }
    appends.forEach(Runnable::run);
    if (state.requests.isEmpty()) {
      context.recovered(API); // nobody waits for it, up or down
    }
  }

  /**
   * @param appends runs what appends, at once or behind all calls
   */
  private boolean summarize(
      String post, PendingSummaries state, WorkerContext context, Consumer<Runnable> appends) {
    Optional<String> text = posts.text(Long.parseLong(post));
    if (text.isEmpty()) {
      giveUp(post, "The post is gone.", state, appends);
      return true;
    }
    String summary;
    try {
      summary = summarizer.summarize(text.get());
    } catch (SummaryRefused e) {
      context.recovered(API);
      giveUp(post, e.getMessage(), state, appends);
      return true;
    } catch (CircuitBreakerOpenException e) {
      context.degraded(API, "Its last calls failed, so none is made for a while.");
      return false;
    } catch (RuntimeException e) {
      String said = e.getMessage() == null ? e.toString() : e.getMessage();
      String why = said.substring(0, Math.min(said.length(), ERROR_LENGTH));
      context.degraded(API, why);
      state.requests.computeIfPresent(post, (id, r) -> new Request(r.since(), r.tries() + 1, why));
      return false;
    }
    context.recovered(API);
    appends.accept(
        () -> log.append("post/set-summary", new SummarySet(Long.parseLong(post), summary)));
    state.requests.remove(post);
    return true;
  }

  private void giveUp(
      String post, String error, PendingSummaries state, Consumer<Runnable> appends) {
    appends.accept(
        () -> log.append("post/fail-summary", new SummaryFailed(Long.parseLong(post), error)));
    state.requests.remove(post);
  }

  private static boolean isOlder(Request request, Duration age, Instant now) {
    return Instant.parse(request.since()).plus(age).isBefore(now);
  }
}
