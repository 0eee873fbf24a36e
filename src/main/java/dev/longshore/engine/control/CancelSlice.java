package dev.longshore.engine.control;

import static dev.longshore.task.TaskState.CANCELLED;
import static dev.longshore.task.TaskState.ONGOING;
import static dev.longshore.task.TaskState.PENDING;
import static dev.longshore.task.TaskState.QUEUED;

import dev.longshore.db.Sql;
import dev.longshore.task.TaskMoved;
import dev.longshore.task.TaskState;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** {@link Cancel} for some hundred tasks at once, by the same rules. */
@ApplicationScoped
class CancelSlice {

  private static final String UNCLAIM =
      """
      update longshore.task set state = 'pending', claim_id = null
      where id = any (?) and state = 'queued' and state in %s
      """
          .formatted(TaskState.sqlSourcesOf(PENDING));

  private static final String CANCEL =
      """
      update longshore.task set state = 'cancelled', ended_at = clock_timestamp(), cancel_requested = false
      where id = any (?) and claim_id is null and state in %s
      """
          .formatted(TaskState.sqlSourcesOf(CANCELLED));

  private static final String ASK =
      """
      update longshore.task set cancel_requested = true where id = any (?) and %s returning id
      """
          .formatted(Standing.RUNS);

  @Inject private Sql sql;
  @Inject private Event<TaskMoved> moved;

  /**
   * Cancels those of the tasks that nobody else is just moving: waiting for them while holding the
   * others could end in a deadlock.
   *
   * @return where those that it had hold of stood before; {@code ONGOING} for those that run, and
   *     were asked to stop
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  List<Standing> cancel(Long[] ids, String actor) {
    List<Standing> locked = Standing.lock(ids, sql);
    List<Standing> queued = locked.stream().filter(t -> t.state() == QUEUED).toList();
    Set<Long> untaken = Standing.keepUntaken(queued, sql);
    Set<Long> asked =
        Set.copyOf(
            sql.list(ASK, row -> row.getLong(1), (Object) ids(locked, t -> runs(t, untaken))));
    List<Standing> done = new ArrayList<>();
    for (Standing task : locked) {
      if (asked.contains(task.id())) {
        done.add(task.running());
      } else if (task.state() != QUEUED || untaken.contains(task.claim())) {
        done.add(task);
      } // else its claim is just being taken
    }
    sql.update(UNCLAIM, (Object) ids(done, t -> t.state() == QUEUED));
    sql.update(CANCEL, (Object) ids(done, t -> t.state() == QUEUED || t.state() == PENDING));
    for (Standing task : done) {
      if (task.state() == QUEUED) {
        fire(task, QUEUED, PENDING, task.claim(), actor);
      }
      if (task.state() == QUEUED || task.state() == PENDING) {
        fire(task, PENDING, CANCELLED, 0, actor);
      }
    }
    return done;
  }

  private static boolean runs(Standing task, Set<Long> untaken) {
    return task.state() == ONGOING || task.state() == QUEUED && !untaken.contains(task.claim());
  }

  private static Long[] ids(List<Standing> tasks, Predicate<Standing> which) {
    return tasks.stream().filter(which).map(Standing::id).toArray(Long[]::new);
  }

  private void fire(Standing task, TaskState from, TaskState to, long claim, String actor) {
    moved.fire(
        new TaskMoved(
            task.id(), task.type(), from, to, task.attempts(), claim, actor, "cancelled", 0, null));
  }
}
