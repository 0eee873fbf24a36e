package dev.longshore.engine.recover;

import dev.longshore.db.Sql;
import dev.longshore.engine.worker.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Declares workers lost whose lease is over. What they ran is recovered after that. */
@ApplicationScoped
class LostWorkers {

  private static final Logger LOG = Logger.getLogger(LostWorkers.class.getName());

  @Inject private Sql sql;
  @Inject private Worker worker;

  /**
   * Declares them, and ends their sessions: a node that was stopped in the middle of a transaction
   * would keep its locks for as long as it does not come back.
   *
   * <p>To be called only by a node that has itself held its lease for a lease's length: after an
   * outage of the database everybody's lease is over, and nobody is lost.
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  void declare() {
    sql.list(
            """
            with lost as (
                update longshore.worker set state = 'lost'
                where state = 'active' and lease_until < clock_timestamp() and id <> ?
                returning id, host, pid)
            select id, host, pid, (
                select count(*) filter (where pg_terminate_backend(a.pid))
                from pg_stat_activity a where a.application_name = 'longshore:' || lost.id)
            from lost
            """,
            row ->
                "%s (host %s, process %d, %d sessions ended)"
                    .formatted(row.getString(1), row.getString(2), row.getLong(3), row.getLong(4)),
            worker.id())
        .forEach(
            gone ->
                LOG.log(
                    Level.WARNING,
                    "Worker {0} let its lease run out: what it ran is pending again and goes on"
                        + " elsewhere.",
                    gone));
  }
}
