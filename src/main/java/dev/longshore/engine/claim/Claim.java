package dev.longshore.engine.claim;

import dev.longshore.db.Sql;
import dev.longshore.engine.dispatch.Dispatched;
import dev.longshore.engine.worker.Worker;
import dev.longshore.task.Lane;
import dev.longshore.task.TaskMoved;
import dev.longshore.task.TaskState;
import dev.longshore.task.TaskTypes;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Claims what is due: the highest priority first, then the longest due. */
@ApplicationScoped
class Claim {

  @Inject private Sql sql;
  @Inject private Worker worker;
  @Inject private TaskTypes types;
  @Inject private Event<TaskMoved> moved;

  private record Row(long claim, String type, int priority, long task, int runs) {}

  /**
   * Claims as much as the lane has room for.
   *
   * <p>No more claims are in flight than twice the slots of the live nodes, so that priorities and
   * cancellations do not wait behind a full broker. Two nodes that claim at once may pass that
   * bound by each other's share; it guards latency, not correctness.
   *
   * @param size how many tasks of a type may share a claim
   * @return the new claims, which are to be sent once this has committed
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  List<Dispatched> claim(Lane lane, int size) {
    List<Row> rows =
        sql.list(
            """
            with room as (
                select greatest(0,
                    2 * (select coalesce(sum(case ? when 'long' then long_slots else quick_slots end), 0)
                         from longshore.worker
                         where state = 'active' and lease_until > clock_timestamp())
                    - (select count(*) from longshore.claim
                       where lane = ? and lease_until is null)) as claims),
            due as materialized (
                select id, type, priority, run_at from longshore.task
                where state in %s and run_at <= now() and type = any (?)
                order by priority desc, run_at, id
                limit (select claims * ? from room)
                for update skip locked),
            -- the n-th share of a type's due tasks is a claim; few tasks of many types make more
            -- of them than there is room for
            shared as (
                select id, type, priority, run_at,
                    (row_number() over (partition by type order by priority desc, run_at, id) - 1) / ?
                        as share
                from due),
            grouped as materialized (
                select type, share, nextval('longshore.claim_id') as claim_id
                from (select type, share from shared group by type, share
                    order by max(priority) desc, min(run_at)
                    limit (select claims from room)) g),
            made as (
                insert into longshore.claim (id, lane, type, claimed_by)
                select claim_id, ?, type, ? from grouped)
            update longshore.task t
            set state = 'queued', claim_id = grouped.claim_id
            from shared join grouped using (type, share)
            where t.id = shared.id
            returning t.claim_id, t.type, t.priority, t.id, t.runs
            """
                .formatted(TaskState.sqlSourcesOf(TaskState.QUEUED)),
            r -> new Row(r.getLong(1), r.getString(2), r.getInt(3), r.getLong(4), r.getInt(5)),
            lane.label(),
            lane.label(),
            types.namesIn(lane),
            size,
            size,
            lane.label(),
            worker.id());
    rows.forEach(this::fire);
    return claims(lane, rows);
  }

  private void fire(Row row) {
    moved.fire(
        new TaskMoved(
            row.task,
            row.type,
            TaskState.PENDING,
            TaskState.QUEUED,
            row.runs,
            row.claim,
            worker.id(),
            "claimed",
            0,
            null));
  }

  private static List<Dispatched> claims(Lane lane, List<Row> rows) {
    Map<Long, Dispatched> claims = new LinkedHashMap<>();
    for (Row row : rows) {
      claims.merge(
          row.claim,
          new Dispatched(row.claim, lane, row.priority),
          (a, b) -> a.priority() >= b.priority() ? a : b);
    }
    return new ArrayList<>(claims.values());
  }
}
