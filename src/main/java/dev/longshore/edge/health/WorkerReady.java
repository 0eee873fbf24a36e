package dev.longshore.edge.health;

import dev.longshore.engine.worker.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Whether this node holds its lease and takes work. */
@Readiness
@ApplicationScoped
public class WorkerReady implements HealthCheck {

  @Inject private Worker worker;

  @Override
  public HealthCheckResponse call() {
    HealthCheckResponseBuilder check =
        HealthCheckResponse.named("worker").withData("id", worker.id());
    return worker.isActive()
        ? check.up().build()
        : check.down().withData("missing", missing()).build();
  }

  private String missing() {
    if (!worker.isAlive()) {
      return "This node holds no lease: another node has its id, or the database is away";
    } else if (worker.isStopping()) {
      return "This node is stopping and takes no more work";
    } else if (worker.isDraining()) {
      return "This node was asked to take no more work (undrain has it work again)";
    }
    return "This node has not yet recovered what an earlier life of it left";
  }
}
