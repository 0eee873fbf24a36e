package dev.longshore.task;

/**
 * A task went from one state to another. Fired as a CDI event inside the transaction of the move:
 * observers write with it, and observers of {@code AFTER_SUCCESS} see what was committed.
 *
 * @param task its id
 * @param type its type
 * @param from the state before
 * @param to the state after
 * @param attempt the attempt that the move belongs to; 0 before the first
 * @param claim the claim that it was under; 0 for none
 * @param actor the worker, or the user of REST, that moved it
 * @param outcome the {@link Outcome#label} of an ended attempt, else the verb: claimed, taken,
 *     cancelled, retried
 * @param millis how long the ended attempt took; 0 for other moves
 * @param error what went wrong, or {@code null}
 */
public record TaskMoved(
    long task,
    String type,
    TaskState from,
    TaskState to,
    int attempt,
    long claim,
    String actor,
    String outcome,
    long millis,
    String error) {

  /** The same move with another word for why. */
  public TaskMoved because(String why) {
    return new TaskMoved(task, type, from, to, attempt, claim, actor, why, millis, error);
  }
}
