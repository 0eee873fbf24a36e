package dev.longshore.edge.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.db.Sql;
import dev.longshore.log.MessageLog;
import dev.longshore.log.worker.EventWorker;
import dev.longshore.log.worker.OnMessage;
import dev.longshore.log.worker.WhenExhausted;
import dev.longshore.story.Archives;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What the readiness of a node says of its event workers. */
@ExtendWith(ArquillianExtension.class)
@Execution(ExecutionMode.SAME_THREAD)
class EventWorkersReadyIT {

  @Inject private MessageLog log;
  @Inject private Sql sql;
  @Inject @Readiness private EventWorkersReady ready;

  @Deployment
  static WebArchive archive() {
    return Archives.longshore().addClasses(Archives.class, EventWorkersReadyIT.class, Sick.class);
  }

  @EventWorker(
      name = "sick-it",
      description = "Halts.",
      start = "now",
      attempts = 1,
      whenExhausted = WhenExhausted.HALT)
  public static class Sick {
    @OnMessage("sick-it/go")
    void go() {
      throw new IllegalStateException("It is sick.");
    }
  }

  @Test
  void aWorkerThatIsUnhealthyIsToldOfWithItsReasonAndTheNodeIsUp() {
    await("healthy");
    log.append("sick-it/go", JsonObject.EMPTY_JSON_OBJECT);
    await("unhealthy: It has halted. Message ");
    assertThat(said()).contains("It is sick.");
    assertThat(ready.call().getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void aNodeThatCannotFollowTheLogIsDownUntilItCan() {
    sql.update("alter function longshore.readable_messages() rename to unreadable_messages");
    try {
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> ready.call().getStatus() == Status.DOWN);
      assertThat(ready.call().getData().orElseThrow())
          .containsEntry("missing", "This node cannot follow the message log");
    } finally {
      sql.update("alter function longshore.unreadable_messages() rename to readable_messages");
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> ready.call().getStatus() == Status.UP);
  }

  private void await(String begins) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> said().startsWith(begins));
  }

  private String said() {
    HealthCheckResponse answer = ready.call();
    return answer.getData().orElseThrow().getOrDefault("sick-it", "").toString();
  }
}
