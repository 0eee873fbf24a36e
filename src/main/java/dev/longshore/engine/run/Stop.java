package dev.longshore.engine.run;

import dev.longshore.engine.batch.Takeover;
import dev.longshore.engine.batch.TaskJobs;
import dev.longshore.engine.settle.Settle;
import dev.longshore.engine.settle.Settled;
import dev.longshore.task.Lane;
import dev.longshore.task.Outcome;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Stops an attempt, in three stages: the job is asked to stop and a handler's thread interrupted; a
 * pipeline that goes on has its thread interrupted after a grace period; what still runs after the
 * abandonment period is fenced off and settled without it.
 */
@ApplicationScoped
class Stop {

  private static final Logger LOG = Logger.getLogger(Stop.class.getName());

  @Inject TaskJobs jobs;
  @Inject private Takeover takeover;
  @Inject private Settle settle;
  @Inject private RunTask runTask;
  @Inject private Running running;

  /** How long a pipeline may take to its next checkpoint before its thread is interrupted. */
  @Inject
  @ConfigProperty(name = "longshore.stop.grace", defaultValue = "PT10S")
  Duration grace;

  /** How long anything may take to end before it is settled without it. */
  @Inject
  @ConfigProperty(name = "longshore.stop.abandon", defaultValue = "PT40S")
  Duration abandon;

  /** Asks for the stop; a second reason changes nothing. */
  void ask(RunningTask task, StopReason reason) {
    if (!task.stop(reason)) {
      return;
    }
    LOG.log(
        Level.INFO,
        "Task {0} (claim {1}) is asked to stop: {2}",
        new Object[] {task.id() + "", task.claim() + "", reason});
    if (task.type().lane() == Lane.LONG) {
      jobs.stop(task.claim()); // in the quick lane it is the job of others, too
    }
    if (!task.type().pipeline()) {
      task.interrupt();
    }
  }

  /** Interrupts what has had its grace. Called again and again, and needs no database. */
  void press(RunningTask task) {
    long millis = task.stoppingMillis();
    if (millis > grace.toMillis() && millis <= abandon.toMillis()) {
      task.interrupt();
      jobs.interruptParts(task.claim());
    }
  }

  /** Settles what goes on all the same when the time has come. Called again and again. */
  @Transactional
  void escalate(RunningTask task) {
    if (task.stoppingMillis() > abandon.toMillis()
        && !task.isAbandoned()
        && task.stopReason() != StopReason.CLAIM_LOST) {
      abandon(task);
    }
  }

  private void abandon(RunningTask task) {
    takeover.fail(task.claim());
    settle.settle(runTask.attempted(task), Outcomes.stopped(task), 0);
    giveBackItsNeighbours(task);
    task.abandoned();
    LOG.log(
        Level.SEVERE,
        "Task {0} ({1}) ignored its interruption for {2}: it is settled without its attempt, whose"
            + " late writes are refused. Its thread is lost to the lane until it returns.",
        new Object[] {task.id() + "", task.type().name(), abandon});
  }

  /** The tasks that share its claim would wait behind it for ever. */
  private void giveBackItsNeighbours(RunningTask task) {
    List<Settled> neighbours =
        running.all().stream()
            .filter(other -> other.claim() == task.claim() && other != task)
            .map(
                other ->
                    new Settled(
                        runTask.attempted(other),
                        new Outcome.HandedBack("Task " + task.id() + " held up its claim")))
            .toList();
    if (!neighbours.isEmpty()) {
      settle.settle(neighbours);
    }
  }
}
