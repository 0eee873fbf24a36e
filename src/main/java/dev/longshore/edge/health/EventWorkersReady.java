package dev.longshore.edge.health;

import dev.longshore.log.worker.Health;
import dev.longshore.log.worker.Standings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * How the event workers of this node are. A worker that is degraded or unhealthy is told of and
 * leaves the node up: no other node would do better with it.
 */
@Readiness
@ApplicationScoped
public class EventWorkersReady implements HealthCheck {

  @Inject private Standings standings;

  @Override
  public HealthCheckResponse call() {
    HealthCheckResponseBuilder check = HealthCheckResponse.named("event-workers");
    Map<String, Health> workers = standings.here();
    workers.forEach(
        (name, health) ->
            check.withData(
                name,
                health.status().label()
                    + (health.reasons().isEmpty()
                        ? ""
                        : ": " + String.join(" ", health.reasons()))));
    return standings.isLogFollowed()
        ? check.up().build()
        : check.down().withData("missing", "This node cannot follow the message log").build();
  }
}
