package dev.longshore.engine.recover;

import dev.longshore.db.Sql;
import dev.longshore.engine.worker.Gone;
import dev.longshore.engine.worker.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Declares workers lost that give no sign of life. What they ran is recovered after that. */
@ApplicationScoped
class LostWorkers {

  private static final Logger LOG = Logger.getLogger(LostWorkers.class.getName());

  private static final String DECLARE =
      """
      with lost as (
          update longshore.worker w set state = 'lost'
          where w.state = 'active' and w.id <> ? and %s
          returning id, host, pid)
      select id, host, pid, (
          select count(*) filter (where pg_terminate_backend(a.pid))
          from pg_stat_activity a
          where a.datname = current_database() -- others may have such a name in theirs
            and a.application_name = ('longshore:' || lost.id)::name::text) -- as PostgreSQL cuts it
      from lost
      """;

  @Inject private Sql sql;
  @Inject private Worker worker;

  /**
   * Declares those whose lease is over, and ends their sessions: a node that was stopped in the
   * middle of a transaction would keep its locks for as long as it does not come back.
   *
   * <p>To be called only by a node that has itself held its lease for a lease's length: after an
   * outage of the database everybody's lease is over, and nobody is lost.
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  void declareSilent() {
    declare("w.lease_until < clock_timestamp()", "let its lease run out");
  }

  /**
   * Declares those whose process is gone, whatever is left of their lease.
   *
   * <p>To be called only by a node that has held its own session for some seconds: when all
   * connections were dropped, the others need a moment to come back.
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  void declareGone() {
    declare(Gone.CONDITION, "is gone, and its connection with it");
  }

  private void declare(String which, String what) {
    sql.list(
            DECLARE.formatted(which),
            row ->
                "Worker %s (host %s, process %d, %d sessions ended) "
                    .formatted(row.getString(1), row.getString(2), row.getLong(3), row.getLong(4)),
            worker.id())
        .forEach(
            gone ->
                LOG.log(
                    Level.WARNING,
                    "{0}{1}: what it ran is pending again and goes on elsewhere.",
                    new Object[] {gone, what}));
  }
}
