package dev.longshore.engine.recover;

import dev.longshore.db.Sql;
import dev.longshore.engine.batch.Takeover;
import dev.longshore.engine.settle.Attempted;
import dev.longshore.engine.settle.SettleOnce;
import dev.longshore.engine.worker.Worker;
import dev.longshore.task.Backoff;
import dev.longshore.task.Outcome;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * ongoing → pending for attempts whose worker is gone: a node whose lease is over or which has
 * begun a new life, or a foreign worker whose lease ran out.
 */
@ApplicationScoped
class LostAttempts {

  private static final Logger LOG = Logger.getLogger(LostAttempts.class.getName());

  private record Lost(Attempted attempt, String worker, boolean foreign) {}

  @Inject private Sql sql;
  @Inject private Takeover takeover;
  @Inject private SettleOnce settle;
  @Inject private Worker worker;

  /**
   * Recovers up to {@code limit} attempts in one transaction. One node at a time does: to others it
   * answers 0. Marking the job executions as failed takes the row lock that a chunk's commit checks
   * under, so a chunk commits before this or not at all.
   *
   * @return how many there were
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  int recover(int limit) {
    boolean alone =
        sql.first(
                "select pg_try_advisory_xact_lock(hashtext('longshore.recover'))",
                row -> row.getBoolean(1))
            .orElse(false);
    if (!alone) {
      return 0;
    }
    sql.update("set local lock_timeout = '5s'");
    declareLost();
    List<Lost> lost = find(limit);
    if (lost.isEmpty()) {
      return 0;
    }
    takeover.fail(lost.stream().map(l -> l.attempt.claim()).distinct().toArray(Long[]::new));
    for (Lost l : lost) {
      settle.settle(l.attempt, new Outcome.Lost(reason(l)), 0);
    }
    return lost.size();
  }

  private void declareLost() {
    sql.list(
            """
            update longshore.worker set state = 'lost'
            where state = 'active' and lease_until < clock_timestamp()
            returning id, host, pid
            """,
            row ->
                "%s (host %s, process %d)"
                    .formatted(row.getString(1), row.getString(2), row.getLong(3)))
        .forEach(
            gone ->
                LOG.log(
                    Level.WARNING,
                    "Worker {0} let its lease run out: what it ran is pending again and goes on"
                        + " elsewhere.",
                    gone));
  }

  private List<Lost> find(int limit) {
    return sql.list(
        """
        select t.id, t.type, c.id, t.runs, t.attempts, t.max_attempts, t.losses, d.backoff_seconds,
            d.backoff_factor, d.backoff_cap, c.worker, c.lease_until is not null
        from longshore.claim c
        join longshore.task t on t.claim_id = c.id and t.state = 'ongoing'
        join longshore.task_type d on d.name = t.type
        where c.worker is not null
          and (c.lease_until < clock_timestamp()
            or c.worker_run is not null and not exists (
                select 1 from longshore.worker w
                where w.id = c.worker and w.run = c.worker_run and w.state = 'active'))
        order by c.id limit ?
        for update of c, t skip locked
        """,
        this::lost,
        limit);
  }

  private Lost lost(ResultSet row) throws SQLException {
    Backoff backoff =
        new Backoff(seconds(row.getDouble(8)), row.getDouble(9), seconds(row.getDouble(10)), 0.1);
    return new Lost(
        new Attempted(
            row.getLong(1),
            row.getString(2),
            row.getLong(3),
            row.getInt(4),
            row.getInt(5),
            row.getInt(6),
            row.getInt(7),
            backoff,
            worker.id()),
        row.getString(11),
        row.getBoolean(12));
  }

  private static String reason(Lost lost) {
    return lost.foreign
        ? "The lease of worker " + lost.worker + " ran out before it reported a result"
        : "Worker " + lost.worker + " was lost while it ran this";
  }

  private static Duration seconds(double seconds) {
    return Duration.ofMillis(Math.round(seconds * 1000));
  }
}
