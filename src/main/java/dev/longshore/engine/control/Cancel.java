package dev.longshore.engine.control;

import static dev.longshore.task.TaskState.CANCELLED;
import static dev.longshore.task.TaskState.ONGOING;
import static dev.longshore.task.TaskState.PENDING;
import static dev.longshore.task.TaskState.QUEUED;

import dev.longshore.db.Sql;
import dev.longshore.problem.NotFound;
import dev.longshore.task.IllegalMove;
import dev.longshore.task.TaskMoved;
import dev.longshore.task.TaskState;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;

/** Takes a task out of the way: at once where nobody runs it, else by asking its run to stop. */
@ApplicationScoped
public class Cancel {

  /** Out of its claim, whose message will find nothing to do. The claim is the one just read. */
  private static final String UNCLAIM =
      """
      update longshore.task set state = 'pending', claim_id = null
      where id = ? and claim_id = ? and state = 'queued' and state in %s
      """
          .formatted(TaskState.sqlSourcesOf(PENDING));

  /** Only what nobody runs: an ongoing task ends in settle. */
  private static final String CANCEL =
      """
      update longshore.task set state = 'cancelled', ended_at = clock_timestamp(), cancel_requested = false
      where id = ? and claim_id is null and state in %s
      """
          .formatted(TaskState.sqlSourcesOf(CANCELLED));

  private static final String ASK =
      """
      update longshore.task set cancel_requested = true where id = ? and claim_id = ? and %s
      """
          .formatted(Standing.RUNS);

  @Inject private Sql sql;
  @Inject private Event<TaskMoved> moved;

  /**
   * @param actor the user who asks
   * @return where the task stands now: {@code CANCELLED}, or {@code ONGOING} when its run was asked
   *     to stop and will end it
   * @throws NotFound when there is no such task
   * @throws IllegalMove when it has ended
   */
  @Transactional
  public TaskState cancel(long id, String actor) {
    while (true) {
      Standing task = Standing.of(id, sql);
      switch (task.state()) {
        case PENDING -> {
          if (sql.update(CANCEL, id) == 1) {
            fire(task, PENDING, CANCELLED, 0, actor);
            return CANCELLED;
          }
        }
        case QUEUED -> {
          if (sql.update(ASK, id, task.claim()) == 1) {
            return ONGOING;
          }
          if (task.awaitUntaken(sql) && sql.update(UNCLAIM, id, task.claim()) == 1) {
            fire(task, QUEUED, PENDING, task.claim(), actor);
            sql.update(CANCEL, id);
            fire(task, PENDING, CANCELLED, 0, actor);
            return CANCELLED;
          }
        }
        case ONGOING -> {
          if (sql.update(ASK, id, task.claim()) == 1) {
            return ONGOING;
          }
        }
        default ->
            throw new IllegalMove(
                task.state(),
                "Task "
                    + id
                    + " is "
                    + task.state().label()
                    + ": it has ended, and there is"
                    + " nothing to cancel.");
      }
      // Somebody moved it between the two statements: look again.
    }
  }

  private void fire(Standing task, TaskState from, TaskState to, long claim, String actor) {
    moved.fire(
        new TaskMoved(
            task.id(), task.type(), from, to, task.attempts(), claim, actor, "cancelled", 0, null));
  }
}
