package dev.longshore.engine.control;

import static dev.longshore.task.TaskState.PENDING;

import dev.longshore.db.Sql;
import dev.longshore.task.TaskMoved;
import dev.longshore.task.TasksSubmitted;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.List;

/** {@link Retry} for some hundred tasks at once, by the same rules. */
@ApplicationScoped
class RetrySlice {

  @Inject private Sql sql;
  @Inject private Event<TaskMoved> moved;
  @Inject private Event<TasksSubmitted> submitted;

  /**
   * Tries those of the tasks again that have no unique key and that nobody else is just moving. The
   * others are to be tried one by one: a unique key may be taken, and that would undo all of them.
   *
   * @return the ids of those that are pending again
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  List<Long> retry(Long[] ids, String actor) {
    List<Standing> free =
        Standing.lock(ids, sql).stream()
            .filter(t -> t.uniqueKey() == null)
            .filter(t -> t.state().isFinal() && t.state().mayBecome(PENDING))
            .toList();
    List<Long> retried = free.stream().map(Standing::id).toList();
    sql.update(Retry.RETRY, (Object) retried.toArray(Long[]::new));
    for (Standing task : free) {
      moved.fire(
          new TaskMoved(
              task.id(), task.type(), task.state(), PENDING, 0, 0, actor, "retried", 0, null));
    }
    if (!free.isEmpty()) {
      submitted.fire(new TasksSubmitted(free.size()));
    }
    return retried;
  }
}
