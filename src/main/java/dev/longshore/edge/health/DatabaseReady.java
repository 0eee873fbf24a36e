package dev.longshore.edge.health;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Whether PostgreSQL answers. */
@Readiness
@ApplicationScoped
public class DatabaseReady implements HealthCheck {

  @Inject private DatabaseProbe probe;

  @Override
  public HealthCheckResponse call() {
    HealthCheckResponseBuilder check = HealthCheckResponse.named("database");
    Optional<String> missing = probe.missing();
    return missing.isEmpty()
        ? check.up().build()
        : check.down().withData("missing", missing.get()).build();
  }
}
