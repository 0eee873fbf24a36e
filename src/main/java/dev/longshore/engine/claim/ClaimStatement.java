package dev.longshore.engine.claim;

import dev.longshore.db.Sql;
import dev.longshore.engine.claim.Claim.Claimed;
import dev.longshore.engine.claim.Cursor.Place;
import dev.longshore.engine.claim.Cursor.Route;
import dev.longshore.engine.limit.Policy;
import dev.longshore.engine.worker.Worker;
import dev.longshore.task.Lane;
import dev.longshore.task.TaskMoved;
import dev.longshore.task.TaskState;
import dev.longshore.task.TaskTypes;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;

/** The statement that claims, and what comes before it in its transaction. */
@ApplicationScoped
class ClaimStatement {

  /**
   * Holds the policy as it is (V014), which the claim's statement then sees; reads its version.
   *
   * <p>While the table's statistics are behind, after a bulk submission say, every index on state
   * or type looks as good as {@code task_due}, and the planner was seen sorting all that is pending
   * for each claim: 190 long tasks a second instead of 1,000. Only that index needs no sort. And
   * the plan is kept: making one took longer than the claim itself. So it is not to read whole
   * tables, as suits a new home ({@link Sql#PLANNED_ONCE}).
   */
  private static final String BEGIN =
      """
      select version, exists (select 1 from longshore.prerequisite_news) as news,
          (select min(id) from longshore.claim where id >= ?) as oldest,
          set_config('enable_sort', 'off', true), set_config('enable_seqscan', 'off', true),
          set_config('plan_cache_mode', 'force_generic_plan', true),
          pg_advisory_xact_lock_shared(hashtext('longshore.policy'))
      from longshore.policy
      """;

  private static final String ROOM =
      """
      select greatest(0,
          2 * (select coalesce(sum(case ? when 'long' then long_slots else quick_slots end), 0)
               from longshore.worker
               where state = 'active' and lease_until > clock_timestamp())
          - (select count(*) from longshore.claim
             where id >= ? and lane = ? and lease_until is null)) as claims
      """;

  private static final String CLAIM =
      """
      with room as materialized (
          %s
          where %s and (select version from longshore.policy) = ?),
      routes as materialized (
          select r.type, r.queue, r.priority, s.size, coalesce(c.run_at, '-infinity') as run_at,
              coalesce(c.id, 0) as id
          from unnest(?::text[], ?::int[]) as s (type, size)
          join (select distinct type, queue, priority from longshore.route) r using (type)
          left join unnest(?::text[], ?::text[], ?::int[], ?::timestamptz[], ?::bigint[])
              as c (type, queue, priority, run_at, id) using (type, queue, priority)
          where r.queue <> all (?) and r.type <> all (?)),
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
          -- What limits have let in.
          union all
          select t.id, t.type, t.priority, t.run_at, s.size
          from unnest(?::text[], ?::int[]) as s (type, size)
          join longshore.task t on t.type = s.type and t.id = any (?)
          where t.state in %s
          order by priority desc, run_at, id
          limit (select claims from room) * ?),
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
      set state = 'queued', claim_id = grouped.claim_id, held = null
      from shared join grouped using (type, share)
      where t.id = shared.id
      returning t.claim_id, t.type, t.queue, t.priority, t.run_at, t.id, t.runs
      """
          // A claim that a crash takes back leaves its tasks pending and its message without a
          // claim.
          .formatted(
              ROOM,
              Sql.MAY_BE_LOST,
              TaskState.sqlSourcesOf(TaskState.QUEUED),
              TaskState.sqlSourcesOf(TaskState.QUEUED));

  static final Long[] NO_TASKS = {};

  @Inject private Sql sql;
  @Inject private Worker worker;
  @Inject private TaskTypes types;
  @Inject private OldestClaim oldest;
  @Inject private Event<TaskMoved> moved;

  /** What a claim asks the statement for. */
  record Ask(Lane lane, String[] types, Integer[] sizes, Object[] starts, Policy policy) {

    int largest() {
      return Arrays.stream(sizes).mapToInt(Integer::intValue).max().orElse(1);
    }
  }

  /**
   * @param oldest the first claim's id, 0 when there is none
   * @param tasks what was claimed with it
   */
  record Begun(long version, boolean news, long oldest, List<Claimed> tasks) {}

  private static Begun begun(ResultSet row, List<Claimed> tasks) throws SQLException {
    return new Begun(row.getLong(1), row.getBoolean(2), row.getLong(3), tasks);
  }

  Ask ask(Lane lane, ToIntFunction<String> sizeOf, Object[] starts, Policy policy) {
    String[] names = types.namesIn(lane);
    Integer[] sizes = Arrays.stream(names).map(sizeOf::applyAsInt).toArray(Integer[]::new);
    return new Ask(lane, names, sizes, starts, policy);
  }

  Begun begin() {
    Begun begun = sql.first(BEGIN, row -> begun(row, List.of()), oldest.from()).orElseThrow();
    oldest.found(begun.oldest);
    return begun;
  }

  /**
   * In one round trip, as long as the policy is what it was: else nothing is claimed. Outside of a
   * transaction the round trip is one. Nobody is told of the tasks yet.
   */
  Begun beginAndClaim(Ask ask) {
    List<Object> parameters = new ArrayList<>(List.of(oldest.from()));
    parameters.addAll(parameters(ask, NO_TASKS));
    List<Claimed> tasks = new ArrayList<>();
    Begun begun =
        sql.several(
            BEGIN + ";\n" + CLAIM,
            statement -> {
              Begun b = Sql.rows(statement, row -> begun(row, tasks)).get(0);
              tasks.addAll(Sql.rows(statement, ClaimStatement::claimed));
              return b;
            },
            parameters.toArray());
    oldest.found(begun.oldest);
    return begun;
  }

  /**
   * @param admitted tasks under a limit, locked; whatever else has a limit is left alone
   */
  List<Claimed> claim(Ask ask, Long[] admitted) {
    List<Claimed> tasks =
        sql.list(CLAIM, ClaimStatement::claimed, parameters(ask, admitted).toArray());
    tasks.forEach(this::fire);
    return tasks;
  }

  /** How many more claims the lane may have in flight. */
  long room(Lane lane) {
    return sql.first(ROOM, row -> row.getLong(1), lane.label(), oldest.from(), lane.label())
        .orElseThrow();
  }

  private List<Object> parameters(Ask ask, Long[] admitted) {
    String lane = ask.lane.label();
    List<Object> parameters =
        new ArrayList<>(
            List.of(lane, oldest.from(), lane, ask.policy.version(), ask.types, ask.sizes));
    parameters.addAll(List.of(ask.starts));
    parameters.addAll(
        List.of(
            ask.policy.limitedQueues(),
            ask.policy.limitedTypes(),
            ask.types,
            ask.sizes,
            admitted,
            ask.largest(),
            lane,
            worker.id()));
    return parameters;
  }

  private static Claimed claimed(ResultSet row) throws SQLException {
    return new Claimed(
        row.getLong(1),
        new Route(row.getString(2), row.getString(3), row.getInt(4)),
        new Place(row.getObject(5, OffsetDateTime.class), row.getLong(6)),
        row.getInt(7));
  }

  /** Tells of a claimed task. */
  void fire(Claimed task) {
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
