package dev.longshore.audit;

import dev.longshore.db.Sql;
import dev.longshore.task.TaskMoved;
import dev.longshore.task.TaskState;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

/**
 * Keeps the trail. Claims and takes are left out: they say nothing that the attempts do not say,
 * and would be two rows of every three.
 */
@ApplicationScoped
public class Audit {

  @Inject private Sql sql;

  void record(@Observes TaskMoved moved) {
    if (moved.to() == TaskState.QUEUED || moved.to() == TaskState.ONGOING) {
      return;
    }
    sql.update(
        """
        insert into longshore.audit (actor, task_id, type, from_state, to_state, attempt, claim_id,
            outcome, error)
        values (?, ?, ?, ?::longshore.task_state, ?::longshore.task_state, ?, nullif(?, 0), ?, ?)
        """,
        moved.actor(),
        moved.task(),
        moved.type(),
        moved.from().label(),
        moved.to().label(),
        moved.attempt(),
        moved.claim(),
        moved.outcome(),
        moved.error());
  }
}
