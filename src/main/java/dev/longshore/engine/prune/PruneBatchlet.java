package dev.longshore.engine.prune;

import jakarta.batch.api.BatchProperty;
import jakarta.batch.api.Batchlet;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** A step of {@code prune.xml}: deletes what is old of one kind, slice by slice. */
@Named("longshorePrune")
@Dependent
public class PruneBatchlet implements Batchlet {

  private static final Logger LOG = Logger.getLogger(PruneBatchlet.class.getName());

  @Inject Slices slices;

  /** What to delete: tasks, executions, audit, workers or routes. */
  @Inject
  @BatchProperty(name = "what")
  String what;

  @Inject
  @ConfigProperty(name = "longshore.prune.after", defaultValue = "P14D")
  Duration after;

  @Inject
  @ConfigProperty(name = "longshore.prune.keep", defaultValue = "20000000")
  long keep;

  @Inject
  @ConfigProperty(name = "longshore.prune.audit-after", defaultValue = "P90D")
  Duration auditAfter;

  private volatile boolean stopped;

  @Override
  public String process() {
    long removed =
        switch (what) {
          case "tasks" -> tasks();
          case "executions" -> walk(last -> slices.executions(last, after));
          case "audit" -> audit();
          case "workers" -> slices.workers(after);
          case "routes" -> slices.routes();
          default -> throw new IllegalArgumentException("prune.xml has a step for '" + what + "'");
        };
    if (removed > 0) {
      LOG.log(Level.INFO, "Pruned {0}: {1}", new Object[] {what, removed + ""});
    }
    return Long.toString(removed); // the step's exit status
  }

  @Override
  public void stop() {
    stopped = true;
  }

  private interface Page {
    Slices.Slice of(long last);
  }

  private long walk(Page page) {
    long removed = 0;
    Slices.Slice slice = new Slices.Slice(0, 0, true);
    while (slice.old() && !stopped) {
      slice = page.of(slice.last());
      removed += slice.removed();
    }
    return removed;
  }

  private long audit() {
    long removed = 0;
    Slices.Trail slice = new Slices.Trail(0, 0, 0, true);
    while (slice.old() && !stopped) {
      slice = slices.audit(slice, auditAfter);
      removed += slice.removed();
    }
    return removed;
  }

  private long tasks() {
    long excess = slices.tasksBeyond(keep);
    long removed = 0;
    Slices.Slice slice = new Slices.Slice(0, 0, true);
    while ((slice.old() || excess > removed && slice.last() > 0) && !stopped) {
      slice = slices.tasks(slice.last(), excess - removed, after);
      removed += slice.removed();
    }
    return removed;
  }
}
