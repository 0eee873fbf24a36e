package dev.longshore.engine.control;

import static dev.longshore.task.TaskState.PENDING;

import dev.longshore.db.DatabaseException;
import dev.longshore.db.Sql;
import dev.longshore.problem.NotFound;
import dev.longshore.task.IllegalMove;
import dev.longshore.task.TaskMoved;
import dev.longshore.task.TaskState;
import dev.longshore.task.TasksSubmitted;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;

/**
 * Gives a task that failed or was cancelled all its attempts again, from now. A pipeline goes on
 * from its last committed checkpoint.
 */
@ApplicationScoped
public class Retry {

  /** Of an array of ids. Without a claim, so never a task that is under way. */
  static final String RETRY =
      """
      update longshore.task
      set state = 'pending', attempts = 0, losses = 0, outages = 0, run_at = now(),
          ended_at = null, error = null, result = null, cancel_requested = false
      where id = any (?) and claim_id is null and state in %s
      """
          .formatted(TaskState.sqlSourcesOf(PENDING));

  private static final String RIVAL =
      """
      select id from longshore.task
      where type = ? and unique_key = ? and id <> ? and state in ('pending', 'queued', 'ongoing')
      """;

  @Inject private Sql sql;
  @Inject private Event<TaskMoved> moved;
  @Inject private Event<TasksSubmitted> submitted;

  /**
   * @param actor the user who asks
   * @throws NotFound when there is no such task
   * @throws IllegalMove when it has not ended, has succeeded, or another unfinished task has its
   *     unique key
   */
  @Transactional
  public void retry(long id, String actor) {
    while (true) {
      Standing task = Standing.of(id, sql);
      if (!task.state().isFinal() || !task.state().mayBecome(PENDING)) {
        throw new IllegalMove(
            task.state(),
            "Task "
                + id
                + " is "
                + task.state().label()
                + ": only a task that failed or was cancelled can be tried again.");
      }
      refuseRival(task);
      if (update(task) == 1) {
        moved.fire(
            new TaskMoved(id, task.type(), task.state(), PENDING, 0, 0, actor, "retried", 0, null));
        submitted.fire(new TasksSubmitted(1));
        return;
      }
      // Somebody moved it between the two statements: look again.
    }
  }

  private void refuseRival(Standing task) {
    if (task.uniqueKey() != null) {
      sql.first(RIVAL, row -> row.getLong(1), task.type(), task.uniqueKey(), task.id())
          .ifPresent(
              rival -> {
                throw taken(task, "task " + rival);
              });
    }
  }

  private int update(Standing task) {
    try {
      return sql.update(RETRY, (Object) new Long[] {task.id()});
    } catch (DatabaseException e) {
      // No more can be asked here.
      throw e.isUniqueViolation() ? taken(task, "another task, submitted this moment,") : e;
    }
  }

  private static IllegalMove taken(Standing task, String rival) {
    return new IllegalMove(
        task.state(),
        "Task "
            + task.id()
            + " is "
            + task.state().label()
            + " and stays so: "
            + rival
            + " has its unique key and is unfinished. Retry when that has ended.");
  }
}
