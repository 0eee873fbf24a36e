package dev.longshore.engine.batch;

import dev.longshore.db.DatabaseException;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Shutdown;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Stops jobs of this node that another node has asked to stop. A chunk sees that by itself when it
 * saves its checkpoint; a batchlet would not.
 */
@ApplicationScoped
class StopWatch {

  private static final Logger LOG = Logger.getLogger(StopWatch.class.getName());
  private static final long INTERVAL_MILLIS = 1000;

  @Inject LiveJobs live;
  @Inject Executions executions;

  @Resource(lookup = "concurrent/watch")
  ManagedScheduledExecutorService scheduler;

  private ScheduledFuture<?> looking;

  void start(@Observes Startup event) {
    looking =
        scheduler.scheduleWithFixedDelay(
            this::look, INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
  }

  void stop(@Observes Shutdown event) {
    looking.cancel(false);
  }

  /** Catches everything: an exception would be the last look. */
  private void look() {
    Long[] running = live.all().stream().map(LiveJob::id).toArray(Long[]::new);
    if (running.length == 0) {
      return;
    }
    try {
      for (long asked : executions.stopping(running)) {
        LiveJob job = live.get(asked);
        if (job != null) {
          job.execution.stop();
        }
      }
    } catch (DatabaseException | IllegalStateException e) {
      LOG.log(Level.FINE, "The database could not be asked for stops; it is asked again", e);
    }
  }
}
