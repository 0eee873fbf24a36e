package dev.longshore.audit;

import dev.longshore.db.Sql;
import dev.longshore.task.TaskMoved;
import dev.longshore.task.TaskState;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the trail: one statement per transaction, before its commit, for all of its moves.
 *
 * <p>Claims and takes are left out: they say nothing that the attempts do not say, and would be two
 * rows of every three.
 */
@ApplicationScoped
public class Audit {

  @Inject private Sql sql;

  @Resource(lookup = "java:comp/TransactionSynchronizationRegistry")
  private TransactionSynchronizationRegistry transactions;

  void record(@Observes TaskMoved moved) {
    if (moved.to() == TaskState.QUEUED || moved.to() == TaskState.ONGOING) {
      return;
    }
    if (transactions.getTransactionStatus() != Status.STATUS_ACTIVE) {
      throw new IllegalStateException(
          "Task " + moved.task() + " was moved outside of a transaction: its trail would be torn");
    }
    Trail trail = (Trail) transactions.getResource(this);
    if (trail == null) {
      trail = new Trail();
      transactions.putResource(this, trail);
      transactions.registerInterposedSynchronization(trail);
    }
    trail.moves.add(moved);
  }

  /** The moves of one transaction. */
  private final class Trail implements Synchronization {
    private final List<TaskMoved> moves = new ArrayList<>();

    @Override
    public void beforeCompletion() {
      write(moves);
    }

    @Override
    public void afterCompletion(int status) {
      // Written or rolled back with everything else.
    }
  }

  private void write(List<TaskMoved> moves) {
    int n = moves.size();
    String[] actors = new String[n];
    Long[] tasks = new Long[n];
    String[] types = new String[n];
    String[] from = new String[n];
    String[] to = new String[n];
    Integer[] attempts = new Integer[n];
    Long[] claims = new Long[n];
    String[] outcomes = new String[n];
    String[] errors = new String[n];
    for (int i = 0; i < n; i++) {
      TaskMoved moved = moves.get(i);
      actors[i] = moved.actor();
      tasks[i] = moved.task();
      types[i] = moved.type();
      from[i] = moved.from().label();
      to[i] = moved.to().label();
      attempts[i] = moved.attempt();
      claims[i] = moved.claim();
      outcomes[i] = moved.outcome();
      errors[i] = moved.error();
    }
    sql.update(
        """
        insert into longshore.audit (actor, task_id, type, from_state, to_state, attempt, claim_id,
            outcome, error)
        select actor, task_id, type, from_state::longshore.task_state,
            to_state::longshore.task_state, attempt, nullif(claim_id, 0), outcome, error
        from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?)
            as m (actor, task_id, type, from_state, to_state, attempt, claim_id, outcome, error)
        """,
        actors,
        tasks,
        types,
        from,
        to,
        attempts,
        claims,
        outcomes,
        errors);
  }
}
