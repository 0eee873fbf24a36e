package dev.longshore.engine.claim;

import dev.longshore.db.Sql;
import dev.longshore.engine.claim.Claim.Claimed;
import dev.longshore.engine.claim.Cursor.Place;
import dev.longshore.engine.claim.Cursor.Route;
import dev.longshore.engine.worker.Worker;
import dev.longshore.task.Lane;
import dev.longshore.task.TaskMoved;
import dev.longshore.task.TaskState;
import dev.longshore.task.TaskTypes;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/** One claim as one statement. */
@ApplicationScoped
class ClaimOnce {

  /**
   * While the table's statistics are behind, after a bulk submission say, every index on state or
   * type looks as good as {@code task_due}, and the planner was seen sorting all that is pending
   * for each claim: 190 long tasks a second instead of 1,000. Only that index needs no sort.
   */
  private static final String IN_THE_ORDER_OF_THE_INDEX = "set local enable_sort = off";

  private static final String CLAIM =
      """
      with room as materialized (
          select greatest(0,
              2 * (select coalesce(sum(case ? when 'long' then long_slots else quick_slots end), 0)
                   from longshore.worker
                   where state = 'active' and lease_until > clock_timestamp())
              - (select count(*) from longshore.claim
                 where lane = ? and lease_until is null)) as claims
          where %s),
      routes as materialized (
          select r.type, r.queue, r.priority, s.size, coalesce(c.run_at, '-infinity') as run_at,
              coalesce(c.id, 0) as id
          from unnest(?::text[], ?::int[]) as s (type, size)
          join (select distinct type, queue, priority from longshore.route) r using (type)
          left join unnest(?::text[], ?::text[], ?::int[], ?::timestamptz[], ?::bigint[])
              as c (type, queue, priority, run_at, id) using (type, queue, priority)),
      -- Each route is a short range of the index: it begins where the last claim ended and stops at
      -- what is not yet due.
      due as materialized (
          select x.id, x.type, x.priority, x.run_at, r.size
          from room, routes r,
              lateral (
                  select id, type, priority, run_at from longshore.task t
                  where t.state in %s and t.held is null and t.type = r.type and t.queue = r.queue
                    and t.priority = r.priority and t.run_at <= now()
                    and (t.run_at, t.id) > (r.run_at, r.id)
                  order by t.run_at, t.id
                  limit room.claims * r.size
                  for no key update skip locked) x
          order by x.priority desc, x.run_at, x.id
          limit (select claims * (select max(size) from routes) from room)),
      -- The n-th share of a type's due tasks is a claim.
      shared as (
          select d.id, d.type, d.priority, d.run_at,
              (row_number() over (partition by d.type order by d.priority desc, d.run_at, d.id) - 1)
              / greatest(1, least(d.size, ceil(count(*) over (partition by d.type) / room.claims::float8)))::int
                  as share
          from due d, room),
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
      returning t.claim_id, t.type, t.queue, t.priority, t.run_at, t.id, t.runs
      """
          // A claim that a crash takes back leaves its tasks pending and its message without a
          // claim.
          .formatted(Sql.MAY_BE_LOST, TaskState.sqlSourcesOf(TaskState.QUEUED));

  @Inject private Sql sql;
  @Inject private Worker worker;
  @Inject private TaskTypes types;
  @Inject private Event<TaskMoved> moved;

  /**
   * Claims as much as the lane has room for. Tasks of a type share a claim: as many as they may,
   * and fewer when there is room enough to spread them out.
   *
   * <p>No more claims are in flight than twice the slots of the live nodes, so that priorities and
   * cancellations do not wait behind a full broker. Two nodes that claim at once may pass that
   * bound by each other's share; it guards latency, not correctness.
   *
   * @param starts where each route begins, as {@link Cursor#starts} gives it
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  List<Claimed> claim(Lane lane, ToIntFunction<String> sizeOf, Object[] starts) {
    String[] names = types.namesIn(lane);
    Integer[] sizes = Arrays.stream(names).map(sizeOf::applyAsInt).toArray(Integer[]::new);
    sql.update(IN_THE_ORDER_OF_THE_INDEX);
    List<Claimed> tasks =
        sql.list(
            CLAIM,
            ClaimOnce::claimed,
            Stream.of(
                    new Object[] {lane.label(), lane.label(), names, sizes},
                    starts,
                    new Object[] {lane.label(), worker.id()})
                .flatMap(Arrays::stream)
                .toArray());
    tasks.forEach(this::fire);
    return tasks;
  }

  private static Claimed claimed(ResultSet row) throws SQLException {
    return new Claimed(
        row.getLong(1),
        new Route(row.getString(2), row.getString(3), row.getInt(4)),
        new Place(row.getObject(5, OffsetDateTime.class), row.getLong(6)),
        row.getInt(7));
  }

  private void fire(Claimed task) {
    moved.fire(
        new TaskMoved(
            task.place().id(),
            task.route().type(),
            TaskState.PENDING,
            TaskState.QUEUED,
            task.runs(),
            task.claim(),
            worker.id(),
            "claimed",
            0,
            null));
  }
}
