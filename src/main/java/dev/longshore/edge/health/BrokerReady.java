package dev.longshore.edge.health;

import dev.longshore.engine.dispatch.Dispatch;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.jms.JMSRuntimeException;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Whether Artemis answers. */
@Readiness
@ApplicationScoped
public class BrokerReady implements HealthCheck {

  @Inject private Dispatch dispatch;

  @Override
  public HealthCheckResponse call() {
    HealthCheckResponseBuilder check = HealthCheckResponse.named("broker");
    try {
      dispatch.probe();
      return check.up().build();
    } catch (JMSRuntimeException e) {
      return check.down().withData("missing", "Artemis does not answer: " + e.getMessage()).build();
    }
  }
}
