package dev.longshore.edge.health;

import dev.longshore.db.DatabaseException;
import dev.longshore.db.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Whether PostgreSQL answers. */
@Readiness
@ApplicationScoped
public class DatabaseReady implements HealthCheck {

  @Inject private Sql sql;

  @Override
  public HealthCheckResponse call() {
    HealthCheckResponseBuilder check = HealthCheckResponse.named("database");
    try {
      sql.first("select 1", row -> row.getInt(1));
      return check.up().build();
    } catch (DatabaseException e) {
      return check
          .down()
          .withData("missing", "PostgreSQL does not answer: " + e.getMessage())
          .build();
    }
  }
}
