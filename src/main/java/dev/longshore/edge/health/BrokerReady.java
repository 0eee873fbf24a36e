package dev.longshore.edge.health;

import dev.longshore.engine.dispatch.Dispatch;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.jms.JMSRuntimeException;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Whether Artemis answers. */
@Readiness
@ApplicationScoped
public class BrokerReady implements HealthCheck {

  private static final Duration LONG = Duration.ofSeconds(5);

  @Inject private Dispatch dispatch;

  @Override
  public HealthCheckResponse call() {
    HealthCheckResponseBuilder check = HealthCheckResponse.named("broker");
    try {
      if (dispatch.isBlockedFor(LONG)) {
        return check
            .down()
            .withData(
                "missing",
                "Artemis takes no messages: its disk or an address of it may be full. Pending tasks"
                    + " wait until it does.")
            .build();
      }
      dispatch.probe();
      return check.up().build();
    } catch (JMSRuntimeException e) {
      return check.down().withData("missing", "Artemis does not answer: " + e.getMessage()).build();
    }
  }
}
