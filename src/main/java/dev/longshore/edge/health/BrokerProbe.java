package dev.longshore.edge.health;

import dev.longshore.engine.dispatch.Dispatch;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Shutdown;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Asks Artemis for an answer again and again, aside of those who want to know: its client waits for
 * a server that is gone or stuck, for longer than anybody who asks for a node's health.
 */
@ApplicationScoped
public class BrokerProbe {

  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration TOO_LONG = Duration.ofSeconds(5);

  @Inject private Dispatch dispatch;

  @Resource(lookup = "concurrent/watch")
  private ManagedScheduledExecutorService scheduler;

  private volatile long answeredNanos = System.nanoTime() - TOO_LONG.toNanos();
  private volatile String error = "it was not asked yet";
  private ScheduledFuture<?> asking;

  void start(@Observes Startup event) {
    asking =
        scheduler.scheduleWithFixedDelay(this::ask, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  void stop(@Observes Shutdown event) {
    asking.cancel(true);
  }

  /** What is wrong with Artemis now, in words; empty when it works. */
  Optional<String> missing() {
    if (dispatch.isBlockedFor(TOO_LONG)) {
      return Optional.of(
          "Artemis takes no messages: its disk or an address of it may be full. Pending tasks wait"
              + " until it does.");
    } else if (error != null) {
      return Optional.of("Artemis does not answer: " + error);
    } else if (System.nanoTime() - answeredNanos > TOO_LONG.toNanos()) {
      return Optional.of("Artemis does not answer, nor does it refuse to");
    }
    return Optional.empty();
  }

  /** Catches everything: an exception would be the last question. */
  private void ask() {
    try {
      dispatch.probe();
      answeredNanos = System.nanoTime();
      error = null;
    } catch (RuntimeException e) {
      error = e.getMessage();
    }
  }
}
