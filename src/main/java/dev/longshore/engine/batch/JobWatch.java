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
 * Stops jobs of this node that another node has asked to stop: a chunk sees that by itself when it
 * saves its checkpoint, a batchlet would not. And frees jobs without a task from nodes that are
 * gone, so that they can be restarted.
 */
@ApplicationScoped
class JobWatch {

  private static final Logger LOG = Logger.getLogger(JobWatch.class.getName());
  private static final long INTERVAL_MILLIS = 1000;
  private static final long LOOKS_PER_RECOVERY = 5;

  @Inject LiveJobs live;
  @Inject Executions executions;

  @Resource(lookup = "concurrent/watch")
  ManagedScheduledExecutorService scheduler;

  private ScheduledFuture<?> looking;
  private long looks;

  void start(@Observes Startup event) {
    looking =
        scheduler.scheduleWithFixedDelay(
            this::look, INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** What still runs is to stop at its next checkpoint: behind this, nothing can be written. */
  void stop(@Observes Shutdown event) {
    looking.cancel(false);
    live.all().forEach(job -> job.execution.stop());
  }

  /** Catches everything: an exception would be the last look. */
  private void look() {
    try {
      stopWhatIsAsked();
      if (looks++ % LOOKS_PER_RECOVERY == 0) {
        recover();
      }
    } catch (DatabaseException | IllegalStateException e) {
      LOG.log(Level.FINE, "The database could not be asked about jobs; it is asked again", e);
    }
  }

  private void stopWhatIsAsked() {
    Long[] running = live.all().stream().map(LiveJob::id).toArray(Long[]::new);
    if (running.length == 0) {
      return;
    }
    for (long asked : executions.stopping(running)) {
      LiveJob job = live.get(asked);
      if (job != null) {
        job.execution.stop();
      }
    }
  }

  private void recover() {
    for (long lost : executions.failLost()) {
      LOG.log(
          Level.WARNING,
          "Job execution {0} was lost with its node and is FAILED now: it can be restarted, and"
              + " resumes at its last checkpoint.",
          Long.toString(lost));
    }
  }
}
