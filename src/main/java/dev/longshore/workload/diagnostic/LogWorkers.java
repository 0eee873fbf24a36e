package dev.longshore.workload.diagnostic;

import dev.longshore.db.Sql;
import dev.longshore.engine.worker.Worker;
import dev.longshore.log.worker.EventWorkerSource;
import dev.longshore.log.worker.WorkerDeclaration;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The diagnostic event workers: one that leaves marks, and as many idle ones as are asked for. */
@ApplicationScoped
public class LogWorkers implements EventWorkerSource {

  @Inject private Diagnostics diagnostics;
  @Inject private Sql sql;
  @Inject private Worker node;
  @Inject private Config config;

  /** How many workers with ten handlers each there are for benchmarks. */
  @Inject
  @ConfigProperty(name = "longshore.diagnostics.event-workers", defaultValue = "0")
  private int load;

  @Override
  public Collection<Declared> workers() {
    if (!diagnostics.enabled()) {
      return List.of();
    }
    List<Declared> workers = new ArrayList<>();
    workers.add(
        new Declared(WorkerDeclaration.of(LogEffects.class, config), new LogEffects(sql, node)));
    for (int i = 1; i <= load; i++) {
      String name = "load-" + i;
      workers.add(
          new Declared(
              WorkerDeclaration.of(LogLoad.class, config)
                  .renamed(name, message -> message.replaceFirst("^load", name)),
              new LogLoad()));
    }
    return workers;
  }
}
