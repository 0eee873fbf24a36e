package dev.longshore.edge.health;

import dev.longshore.db.DatabaseException;
import dev.longshore.db.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Startup;

/** Whether the schema is there. The application does not start before it is. */
@Startup
@ApplicationScoped
public class Migrated implements HealthCheck {

  private static final String VERSION =
      "select version from longshore.schema_version where success order by installed_rank desc limit 1";

  @Inject private Sql sql;
  private volatile String version;

  @Override
  public HealthCheckResponse call() {
    HealthCheckResponseBuilder check = HealthCheckResponse.named("migrations");
    try {
      if (version == null) { // once started is always started
        version = sql.first(VERSION, row -> row.getString(1)).orElse(null);
      }
      return version == null
          ? check.down().withData("missing", "No migration has run").build()
          : check.up().withData("version", version).build();
    } catch (DatabaseException e) {
      return check
          .down()
          .withData("missing", "The schema cannot be read: " + e.getMessage())
          .build();
    }
  }
}
