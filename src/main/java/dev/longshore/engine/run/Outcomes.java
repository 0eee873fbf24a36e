package dev.longshore.engine.run;

import dev.longshore.engine.batch.JobEnd;
import dev.longshore.task.Outcome;
import jakarta.batch.runtime.BatchStatus;
import jakarta.json.Json;

/** What an attempt came to, from how its job ended and what was asked of it meanwhile. */
final class Outcomes {

  private Outcomes() {}

  /**
   * What it came to.
   *
   * @param outage whether it failed because PostgreSQL was away
   */
  static Outcome of(RunningTask task, JobEnd end, boolean outage) {
    if (end.status() == BatchStatus.COMPLETED) {
      return task.outcome() != null ? task.outcome() : succeeded(end);
    }
    if (task.stopReason() != null) {
      return stopped(task);
    }
    if (task.outcome() != null) {
      return task.outcome();
    }
    if (outage) {
      return Outage.outcome(task, end.failure(), end.advanced());
    }
    return Outcome.retry(
        end.error() != null ? end.error() : "The batch job ended as " + end.status());
  }

  /** What is said of an attempt that was stopped, whether or not it has come to its end. */
  static Outcome stopped(RunningTask task) {
    return switch (task.stopReason()) {
      case CANCELLED -> new Outcome.Cancelled("Cancelled while it ran");
      case TIMED_OUT ->
          new Outcome.TimedOut("Passed its time limit of " + task.type().timeLimit().orElseThrow());
      case NODE_STOPS -> new Outcome.HandedBack("Worker " + task.worker() + " stopped");
      // By a node that lives: PostgreSQL was away for longer than a lease, and nobody is to blame.
      case CLAIM_LOST -> new Outcome.Lost("The claim was lost", false);
    };
  }

  /** A pipeline has no result but the exit status that its author may have set. */
  private static Outcome succeeded(JobEnd end) {
    String exit = end.exitStatus();
    return exit == null || exit.equals(BatchStatus.COMPLETED.name())
        ? Outcome.succeeded()
        : Outcome.succeeded(Json.createObjectBuilder().add("exitStatus", exit).build());
  }
}
