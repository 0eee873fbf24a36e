package dev.longshore.engine.dispatch;

import dev.longshore.db.Sql;
import dev.longshore.task.TaskMoved;
import dev.longshore.task.TaskState;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.Collection;

/**
 * queued → ongoing for the tasks of quick claims that a node has taken, where it is worth a write.
 *
 * <p>Most quick tasks end some milliseconds after their claim was taken: their rows say {@code
 * queued} until then, and the settlement writes their beginning and their end at once, which is
 * half of the writes. Those that anybody could see under way begin here: what is known to take its
 * time when it is taken, what lasts when a node looks at what it runs, and what is left when a node
 * is gone.
 */
@ApplicationScoped
public class Begin {

  /** Whoever holds a task's row is just settling it, or will begin it. */
  private static final String BEGIN =
      """
      with waiting as (
          select id from longshore.task
          where claim_id = any (array(
                  select id from longshore.claim
                  where id = any (?) and worker is not null and lane = 'quick'))
            and state::text in %s
          for no key update skip locked),
      begun as (
          update longshore.task t
          set state = 'ongoing', runs = runs + 1, attempts = attempts + 1, ended_at = null,
              progress = null,
              worker = (select c.worker from longshore.claim c where c.id = t.claim_id),
              started_at = (select c.taken_at from longshore.claim c where c.id = t.claim_id)
          -- By the ids alone: a join with the claims may read all that has ever been claimed.
          where t.id = any (array(select id from waiting))
          returning t.id, t.claim_id, t.type, t.runs, t.worker, t.started_at),
      opened as (
          insert into longshore.attempt (claim_id, task_id, number, worker, started_at)
          select claim_id, id, runs, worker, started_at from begun)
      select id, type, runs, claim_id, worker from begun
      """
          .formatted(TaskState.sqlSourcesOf(TaskState.ONGOING));

  @Inject private Sql sql;
  @Inject private Event<TaskMoved> moved;

  /** Begins what waits under these claims, if a node has taken them; does nothing for others. */
  @Transactional
  public void begin(Collection<Long> claims) {
    sql.list(
            Sql.PLANNED_ONCE,
            BEGIN,
            row ->
                new TaskMoved(
                    row.getLong(1),
                    row.getString(2),
                    TaskState.QUEUED,
                    TaskState.ONGOING,
                    row.getInt(3),
                    row.getLong(4),
                    row.getString(5),
                    "taken",
                    0,
                    null),
            (Object) claims.toArray(Long[]::new))
        .forEach(moved::fire);
  }
}
