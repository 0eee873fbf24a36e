package dev.longshore.engine.prune;

import dev.longshore.db.Sql;
import jakarta.batch.runtime.BatchRuntime;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.Properties;

/** Starts the job on one node. */
@ApplicationScoped
class Prune {

  private static final String LIVE = "('STARTING', 'STARTED', 'STOPPING')";

  @Inject Sql sql;

  /**
   * Starts {@code prune.xml} here, unless it runs, or began less than an interval ago, on any node.
   *
   * @return whether it was started
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  boolean start(Duration interval) {
    boolean alone =
        sql.first(
                "select pg_try_advisory_xact_lock(hashtext('longshore.prune'))",
                row -> row.getBoolean(1))
            .orElse(false);
    if (!alone) {
      return false;
    }
    endLost();
    boolean rests =
        sql.first(
                """
                select not exists (select from longshore.job_execution
                    where job_name = 'prune'
                      and (status in %s or created_at > clock_timestamp() - ? * interval '1 second'))
                """
                    .formatted(LIVE),
                row -> row.getBoolean(1),
                interval)
            .orElse(false);
    if (rests) {
      // On record in a transaction of its own before this one lets go of the lock.
      BatchRuntime.getJobOperator().start("prune", new Properties());
    }
    return rests;
  }

  /** What a node was at when it went. Nothing is lost: the next job begins anew. */
  private void endLost() {
    sql.update(
        """
        update longshore.job_execution e
        set status = 'FAILED', exit_status = 'lost', ended_at = clock_timestamp(),
            updated_at = clock_timestamp()
        where job_name = 'prune' and status in %s and not exists (
            select from longshore.worker w
            where w.id = e.worker and w.state = 'active' and w.lease_until > clock_timestamp()
              and w.started_at < e.created_at)
        """
            .formatted(LIVE));
  }
}
