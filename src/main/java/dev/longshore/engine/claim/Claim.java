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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/** Claims what is due: the highest priority first, then the longest due. */
@ApplicationScoped
class Claim {

  /**
   * How the claim is planned. While the table's statistics are behind, after a bulk submission say,
   * every index on state or type looks as good as {@code task_due}, and the planner was seen
   * sorting all that is pending for each claim: 190 long tasks a second instead of 1,000. Only that
   * index needs no sort. And the plan is kept: making one took longer than the claim itself.
   */
  static final String PLAN =
      "set local enable_sort = off; set local plan_cache_mode = force_generic_plan";

  private static final String CLAIM =
      """
      with sizes as materialized (
          select * from unnest(?::text[], ?::int[]) as s (type, size)),
      room as materialized (
          select greatest(0,
              2 * (select coalesce(sum(case ? when 'long' then long_slots else quick_slots end), 0)
                   from longshore.worker
                   where state = 'active' and lease_until > clock_timestamp())
              - (select count(*) from longshore.claim
                 where lane = ? and lease_until is null)) as claims
          where %s),
      -- By type and priority, so that each look is one short range of the index and stops at what
      -- is not yet due.
      due as materialized (
          select x.id, x.type, x.priority, x.run_at
          from room, unnest(?::text[]) as ty (name), generate_series(9, 0, -1) as p (n),
              lateral (
                  select id, type, priority, run_at from longshore.task
                  where state in %s and type = ty.name and priority = p.n and run_at <= now()
                  order by run_at, id
                  limit room.claims * ?
                  for no key update skip locked) x
          order by x.priority desc, x.run_at, x.id
          limit (select claims * ? from room)),
      -- The n-th share of a type's due tasks is a claim.
      shared as (
          select d.id, d.type, d.priority, d.run_at,
              (row_number() over (partition by d.type order by d.priority desc, d.run_at, d.id) - 1)
              / greatest(1, least(s.size, ceil(count(*) over (partition by d.type) / room.claims::float8)))::int
                  as share
          from due d join sizes s using (type), room),
      grouped as materialized (
          select type, share, nextval('longshore.claim_id') as claim_id
          from (select type, share from shared group by type, share
                order by max(priority) desc, min(run_at), min(id) limit (select claims from room)) g),
      made as (
          insert into longshore.claim (id, lane, type, claimed_by)
          select claim_id, ?, type, ? from grouped)
      update longshore.task t
      set state = 'queued', claim_id = grouped.claim_id
      from shared join grouped using (type, share)
      where t.id = shared.id
      returning t.claim_id, t.type, t.priority, t.id, t.runs
      """
          // A claim that a crash takes back leaves its tasks pending and its message without a
          // claim.
          .formatted(Sql.MAY_BE_LOST, TaskState.sqlSourcesOf(TaskState.QUEUED));

  @Inject private Sql sql;
  @Inject private Worker worker;
  @Inject private TaskTypes types;
  @Inject private Event<TaskMoved> moved;

  private record Row(long claim, String type, int priority, long task, int runs) {}

  /**
   * Claims as much as the lane has room for. Tasks of a type share a claim: as many as they may,
   * and fewer when there is room enough to spread them out.
   *
   * <p>No more claims are in flight than twice the slots of the live nodes, so that priorities and
   * cancellations do not wait behind a full broker. Two nodes that claim at once may pass that
   * bound by each other's share; it guards latency, not correctness.
   *
   * @param sizeOf how many tasks of a type may share a claim
   * @return the new claims, which are to be sent once this has committed
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  List<Dispatched> claim(Lane lane, ToIntFunction<String> sizeOf) {
    String[] names = types.namesIn(lane);
    Integer[] sizes = Arrays.stream(names).map(sizeOf::applyAsInt).toArray(Integer[]::new);
    int most = Arrays.stream(sizes).mapToInt(Integer::intValue).max().orElse(1);
    sql.update(PLAN);
    List<Row> rows =
        sql.list(
            CLAIM,
            r -> new Row(r.getLong(1), r.getString(2), r.getInt(3), r.getLong(4), r.getInt(5)),
            names,
            sizes,
            lane.label(),
            lane.label(),
            names,
            most,
            most,
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
