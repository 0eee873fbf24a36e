package dev.longshore.engine.recover;

import dev.longshore.db.Sql;
import dev.longshore.engine.batch.Takeover;
import dev.longshore.engine.dispatch.Begin;
import dev.longshore.engine.settle.Attempted;
import dev.longshore.engine.settle.Settle;
import dev.longshore.engine.settle.Settled;
import dev.longshore.engine.worker.Worker;
import dev.longshore.task.Outcome;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.List;

/**
 * ongoing → pending for attempts whose worker is gone: a node whose lease is over or which has
 * begun a new life, or a foreign worker whose lease ran out.
 */
@ApplicationScoped
class LostAttempts {

  private static final String OF_LOST_WORKERS =
      """
      c.worker is not null
        and (c.lease_until < clock_timestamp()
          or c.worker_run is not null and not exists (
              select 1 from longshore.worker w
              where w.id = c.worker and w.run = c.worker_run and w.state = 'active'))
      """;

  @Inject private Sql sql;
  @Inject private Begin begin;
  @Inject private Takeover takeover;
  @Inject private Settle settle;
  @Inject private Worker worker;

  /** The claims of lost workers, oldest first. */
  List<Long> find() {
    return sql.list(
        "select c.id from longshore.claim c where " + OF_LOST_WORKERS + " order by c.id",
        row -> row.getLong(1));
  }

  /** How many claims with tasks stand as taken by this node's id in another life than that. */
  int leftOfEarlierLives(long life) {
    return sql.first(
            """
            select count(*) from longshore.claim c
            where c.worker = ? and c.worker_run <> ?
              and exists (select from longshore.task t where t.claim_id = c.id)
            """,
            row -> row.getInt(1),
            worker.id(),
            life)
        .orElseThrow();
  }

  /**
   * Recovers the attempts of one claim, in a transaction of its own, so that one which is locked
   * holds up no other. Marking its job execution as failed takes the row lock that a chunk's commit
   * checks under: a chunk commits before this or not at all.
   *
   * @return how many attempts there were; 0 when another node was faster
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  int recover(long claim) {
    sql.update("set local lock_timeout = '2s'");
    begin.begin(List.of(claim)); // what it may have begun
    List<Settled> lost =
        sql.list(
            """
            select %s, c.worker, c.lease_until is not null, c.at_task is null or c.at_task = t.id
            from longshore.claim c
            join longshore.task t on t.claim_id = c.id and t.state = 'ongoing'
            where c.id = ? and %s
            for no key update of c, t skip locked
            """
                .formatted(Attempted.COLUMNS, OF_LOST_WORKERS),
            row ->
                new Settled(
                    Attempted.lost(row, worker.id()),
                    new Outcome.Lost(
                        reason(row.getString(8), row.getBoolean(9)), row.getBoolean(10))),
            claim);
    if (lost.isEmpty()) {
      return 0;
    }
    takeover.fail(claim);
    // Else it would wait for the timer of those who claim.
    sql.first("select pg_notify('longshore_work', '')", row -> true);
    return settle.settle(lost).size();
  }

  private static String reason(String lostWorker, boolean foreign) {
    return foreign
        ? "The lease of worker " + lostWorker + " ran out before it reported a result"
        : "Worker " + lostWorker + " was lost while it ran this";
  }
}
