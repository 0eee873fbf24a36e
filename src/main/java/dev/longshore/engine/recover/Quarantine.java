package dev.longshore.engine.recover;

import dev.longshore.db.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Lets tasks that are one loss away from being taken for poison run one at a time in the cluster.
 * The next node that goes down tells then which of them it was: a task that was merely beside is
 * not failed for it. {@code settle} holds them back, for an hour at most.
 */
@ApplicationScoped
class Quarantine {

  @Inject private Sql sql;

  @Inject
  @ConfigProperty(name = "longshore.recover.max-losses", defaultValue = "3")
  private int maxLosses;

  /** Lets the next one go when none is under way. Two nodes that do so at once let go the same. */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  void release() {
    sql.update(
        """
        with suspect as (
            select id, state, run_at > clock_timestamp() as held from longshore.task
            where losses >= ? and losses > 0 and state in ('pending', 'queued', 'ongoing'))
        update longshore.task set run_at = clock_timestamp()
        where id = (select min(id) from suspect where state = 'pending' and held)
          and not exists (select 1 from suspect where state <> 'pending' or not held)
        """,
        maxLosses - 1);
  }
}
