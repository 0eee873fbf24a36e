package dev.longshore.log.worker;

import dev.longshore.engine.batch.JobEnd;
import dev.longshore.engine.batch.StandingJobs;
import dev.longshore.task.Payloads;
import jakarta.batch.operations.JobStartException;
import jakarta.batch.runtime.BatchStatus;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Runs a worker's job on the calling thread for as long as there is something to do, and a little
 * longer.
 */
@ApplicationScoped
class RunBurst {

  private static final Logger LOG = Logger.getLogger(RunBurst.class.getName());
  private static final String JOB = "event-worker";

  @Inject private WorkerRows rows;
  @Inject private ReadMessages messages;
  @Inject private StandingJobs jobs;
  @Inject private Payloads payloads;
  @Inject private Room room;

  void run(Consumer consumer) {
    Burst burst = null;
    boolean brokeDown = false;
    try {
      Optional<WorkerRows.Beginning> beginning = rows.begin(consumer.name());
      if (beginning.isPresent()) {
        Burst next = new Burst(consumer, beginning.get(), payloads);
        burst = consumer.begin(next) ? next : null; // else the dispatcher's next look wakes it
        if (burst != null && messages.any(burst)) {
          brokeDown = !job(burst);
        } else if (burst != null) {
          consumer.vitals().ran(); // there is nothing to do, and it could find that out
        }
      }
    } catch (RuntimeException | Error e) { // also a state that cannot be made, or memory
      brokeDown = true;
      consumer.vitals().brokeDown(e.toString());
      LOG.log(
          Level.WARNING,
          "Event worker {0} could not run ({1}); it tries again by itself.",
          new Object[] {consumer.name(), e.toString()});
    } finally {
      consumer.end(burst, brokeDown);
    }
  }

  /** Once more when only the record of an earlier job is in its way: its end was not written. */
  private JobEnd start(Burst burst, Properties parameters) {
    try {
      return jobs.run(JOB, burst.jobInstance(), parameters);
    } catch (JobStartException e) {
      if (!rows.endLeftBehind(burst)) {
        throw e;
      }
      LOG.log(
          Level.INFO,
          "An earlier job of event worker {0} was on record as running, and runs nowhere:"
              + " PostgreSQL was away when it ended. It is ended now, and the worker goes on.",
          burst.worker());
      return jobs.run(JOB, burst.jobInstance(), parameters);
    }
  }

  /** False when the job broke down, with the database perhaps. */
  private boolean job(Burst burst) {
    Properties parameters = new Properties();
    parameters.setProperty("worker", burst.worker());
    room.burstBegins();
    Burst.bind(burst);
    try {
      JobEnd end = start(burst, parameters);
      if (end.lost()) {
        burst.lost();
      }
      if (burst.isLost()) {
        LOG.log(
            Level.INFO,
            "Event worker {0} was moved or taken over while it ran here; what was not committed is"
                + " rolled back.",
            burst.worker());
        return true;
      }
      if (end.status() == BatchStatus.FAILED) {
        String why =
            end.error() == null ? end.exitStatus() : end.error().lines().findFirst().orElse("");
        burst.consumer().vitals().brokeDown(why);
        LOG.log(
            Level.WARNING,
            "The job of event worker {0} failed (execution {1}): {2}. What was not committed is"
                + " rolled back and comes again.",
            new Object[] {burst.worker(), end.execution() + "", why});
        return false;
      }
      burst.consumer().vitals().ran();
      return true;
    } finally {
      Burst.bind(null);
      room.burstEnds(burst);
    }
  }
}
