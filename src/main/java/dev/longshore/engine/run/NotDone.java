package dev.longshore.engine.run;

import dev.longshore.task.Outcome;

/**
 * Ends the job of a handler that answered with anything but success as failed, so that the task's
 * next attempt can restart it, and so that a chunk takes back what the handler wrote.
 */
final class NotDone extends Exception {

  private NotDone(String what) {
    super(what, null, false, false);
  }

  /** The outcome, when it is success; no answer at all is success too. */
  static Outcome unlessSucceeded(RunningTask task, Outcome outcome) throws NotDone {
    Outcome answered = outcome == null ? Outcome.succeeded() : outcome;
    if (answered instanceof Outcome.Succeeded) {
      return answered;
    }
    task.outcome(answered);
    throw new NotDone(
        answered.error() == null ? answered.label() : answered.label() + ": " + answered.error());
  }
}
