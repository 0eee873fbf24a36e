package dev.longshore.log.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.db.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.eclipse.microprofile.faulttolerance.Retry;
import org.eclipse.microprofile.faulttolerance.Timeout;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;

/** What MicroProfile Fault Tolerance does for a worker that calls a service. */
class FaultToleranceIT extends WorkerTestSupport {

  @Deployment
  static WebArchive archive() {
    return archive(
        FaultToleranceIT.class, Text.class, Gateway.class, Calls.class, Wraps.class, Hangs.class);
  }

  public record Text(String text) {}

  /** Stands for the bean that calls a service. */
  @ApplicationScoped
  public static class Gateway {
    static volatile boolean down;

    /** The attempt that each call was made in. */
    static final List<Integer> CALLS = new CopyOnWriteArrayList<>();

    static final List<Integer> PROBES = new CopyOnWriteArrayList<>();

    /** Opens with the third failure. */
    @Retry(maxRetries = 1, delay = 10, jitter = 0)
    @CircuitBreaker(requestVolumeThreshold = 3, failureRatio = 0.5, delay = 4000)
    public void call(int attempt) {
      CALLS.add(attempt);
      if (down) {
        throw new IllegalStateException("The service answers 503.");
      }
    }

    /** Without a retry each call that an open breaker lets through fails for itself. */
    @CircuitBreaker(requestVolumeThreshold = 1, failureRatio = 0.5, delay = 100)
    public void probe(int attempt) {
      PROBES.add(attempt);
      if (down) {
        throw new IllegalStateException("The service answers 503.");
      }
    }

    @Timeout(value = 300, unit = ChronoUnit.MILLIS)
    public void hang() throws InterruptedException {
      Thread.sleep(60_000);
    }
  }

  @EventWorker(
      name = "calls-it",
      description = "Waits while the breaker is open.",
      start = "now",
      attempts = 2,
      chunk = 1)
  public static class Calls {
    @Inject private Gateway gateway;
    @Inject private Sql sql;

    @OnMessage("calls-it/go")
    void go(Text text, WorkerContext context) {
      gateway.call(context.attempt());
      sql.update("insert into worker_it (worker, text) values ('calls-it', ?)", text.text());
    }
  }

  @EventWorker(
      name = "wraps-it",
      description = "Says itself that the service is down.",
      start = "now",
      attempts = 1,
      chunk = 1)
  public static class Wraps {
    @Inject private Gateway gateway;
    @Inject private Sql sql;

    @OnMessage("wraps-it/go")
    void go(Text text, WorkerContext context) {
      try {
        gateway.probe(context.attempt());
      } catch (IllegalStateException e) {
        throw new ServiceDown("The probe failed.", e);
      }
      sql.update("insert into worker_it (worker, text) values ('wraps-it', ?)", text.text());
    }
  }

  @EventWorker(
      name = "hangs-it",
      description = "Calls what hangs.",
      start = "now",
      attempts = 1,
      timeLimit = "PT20S")
  public static class Hangs {
    @Inject private Gateway gateway;

    @OnMessage("hangs-it/go")
    void go() throws InterruptedException {
      gateway.hang();
    }
  }

  @Test
  void aCallIsRetriedAndWhileTheBreakerIsOpenNoneIsMadeAndNoAttemptUsed() {
    Gateway.down = true;
    log.append("calls-it/go", text("x"));
    await(() -> standings.get("calls-it").health().reasons().stream().anyMatch(this::isDown));
    assertThat(Gateway.CALLS).containsExactly(1, 1, 2); // and then the breaker opened
    assertThat(standings.get("calls-it").status()).isEqualTo("waiting");
    assertThat(standings.get("calls-it").failures()).isEqualTo(1);
    OffsetDateTime retryAt = standings.get("calls-it").retryAt();
    await(
        () ->
            standings
                .get("calls-it")
                .retryAt()
                .isAfter(retryAt)); // it has tried, and called nobody
    assertThat(Gateway.CALLS).hasSize(3);
    Gateway.down = false;
    awaitWritten("calls-it", "x");
    assertThat(Gateway.CALLS).containsExactly(1, 1, 2, 2);
    assertThat(deadLetters.page("calls-it", 0, 10)).isEmpty();
    await(() -> standings.get("calls-it").health().reasons().stream().noneMatch(this::isDown));
  }

  private boolean isDown(String reason) {
    return reason.startsWith("Down: what calls-it/go needs");
  }

  @Test
  void aWorkerThatSaysServiceDownUsesNoAttemptHoweverOftenTheBreakerLetsACallThrough() {
    Gateway.down = true;
    log.append("wraps-it/go", text("x"));
    await(() -> Gateway.PROBES.size() >= 3);
    assertThat(Gateway.PROBES).containsOnly(1);
    Gateway.down = false;
    awaitWritten("wraps-it", "x");
    assertThat(deadLetters.page("wraps-it", 0, 10)).isEmpty();
  }

  @Test
  void aCallThatHangsIsCutByItsTimeOut() {
    log.append("hangs-it/go", text("x"));
    await(() -> deadLetters.page("hangs-it", 0, 10).size() == 1);
    assertThat(deadLetters.page("hangs-it", 0, 10).get(0).error())
        .contains("faulttolerance.exceptions.TimeoutException");
  }
}
