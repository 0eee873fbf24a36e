package dev.longshore.engine.settle;

import dev.longshore.db.Sql;
import dev.longshore.task.Outcome;
import dev.longshore.task.TaskMoved;
import dev.longshore.task.TaskState;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The door itself: one statement for any number of attempts, each fenced by its claim.
 *
 * <p>It is planned for a few and used for hundreds, so each task is found by its id alone, by no
 * index on claims, and nothing is joined with itself: 300 tasks were compared with each of 300
 * three times, which was nearly half of PostgreSQL's work. A merge join over the index on claims
 * reads it from its beginning, past every task that has left since somebody opened a snapshot.
 */
@ApplicationScoped
public class Settle {

  /** Longer errors are cut: a task row is read by people and by pages. */
  private static final int MAX_ERROR = 8_000;

  /**
   * In a chunk it is the last statement before the commit: what its handlers wrote against a
   * deferred constraint shows here, where it can be told whose it is, and not at the commit.
   */
  private static final Sql.Before CONSTRAINTS =
      new Sql.Before("set constraints all immediate;\n", List.of());

  private static final String SETTLE =
      """
      with given as materialized (
          select * from unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::text[], ?::float8[],
                  ?::int[], ?::int[], ?::int[], ?::text[], ?::text[], ?::text[], ?::text[])
              as g (id, claim, execution, state, delay, uncounted, losses, outages, result, error,
                  outcome, said)),
      -- Quick tasks that have not been seen to run begin with this, if their claim was taken at all.
      taken as materialized (
          select id, worker, taken_at from longshore.claim
          where id = any (array(select distinct claim from given)) and worker is not null
            and lane = 'quick'),
      -- Whoever was told that a task is being cancelled must not see it run again.
      moved as (
          update longshore.task t
          set state = (case when g.state = 'pending' and t.cancel_requested then 'cancelled'
                  else g.state end)::longshore.task_state,
              claim_id = null,
              run_at = case when g.state = 'pending' and not t.cancel_requested
                  then clock_timestamp() + g.delay * interval '1 second' else t.run_at end,
              ended_at = case when g.state = 'pending' and not t.cancel_requested then null
                  else clock_timestamp() end,
              runs = t.runs + (t.state::text = 'queued')::int,
              attempts = t.attempts + (t.state::text = 'queued')::int - g.uncounted,
              worker = case when t.state::text = 'queued' then c.worker else t.worker end,
              started_at = case when t.state::text = 'queued' then c.taken_at else t.started_at end,
              progress = case when t.state::text = 'queued' then null else t.progress end,
              losses = g.losses, outages = g.outages, cancel_requested = false, result = g.result::jsonb, error = g.error
          from given g left join taken c on c.id = g.claim
          where t.id = g.id and t.claim_id is not distinct from g.claim
            and (t.state::text = 'ongoing' or t.state::text = 'queued' and c.id is not null)
          returning t.id, g.claim, g.execution, g.outcome, g.said, t.state, t.runs, t.worker,
              t.started_at),
      attempts as (
          insert into longshore.attempt as a (claim_id, task_id, number, worker, started_at, ended_at,
              outcome, error, job_execution)
          select claim, id, runs, worker, started_at, clock_timestamp(), outcome, said,
              nullif(execution, 0)
          from moved
          on conflict (task_id, claim_id) do update
          set ended_at = excluded.ended_at, outcome = excluded.outcome, error = excluded.error,
              job_execution = excluded.job_execution),
      claim as (
          delete from longshore.claim c
          where c.id = any (array(select claim from moved)) and not exists (
              select 1 from longshore.task o
              where o.claim_id = c.id and o.id not in (select id from moved)
              offset 0)) -- keeps it from being a join
      select id, (extract(epoch from clock_timestamp() - started_at) * 1000)::bigint, state from moved
      """;

  static {
    // The statement says 'ongoing' for every target, and goes through it from 'queued'; that is
    // legal
    // only while the table says so.
    TaskState.QUEUED.requireMoves(TaskState.ONGOING);
    TaskState.ONGOING.requireMoves(
        TaskState.SUCCEEDED, TaskState.FAILED, TaskState.CANCELLED, TaskState.PENDING);
  }

  @Inject private Sql sql;
  @Inject private Event<TaskMoved> moved;

  @Inject
  @ConfigProperty(name = "longshore.recover.max-losses", defaultValue = "3")
  private int maxLosses;

  /**
   * Settles one attempt in the caller's transaction, or in one of its own.
   *
   * @param execution the batch job's execution id, 0 for none
   * @return false when the claim was no longer this attempt's: nothing was changed
   */
  @Transactional
  public boolean settle(Attempted attempt, Outcome outcome, long execution) {
    return !settle(List.of(new Settled(attempt, outcome, execution))).isEmpty();
  }

  /**
   * Settles attempts in the caller's transaction, or in one of its own.
   *
   * @return the tasks that were still under their claim; the others were not changed
   */
  @Transactional
  public Set<Long> settle(List<Settled> attempts) {
    return settle(attempts, Sql.Before.NOTHING);
  }

  /** The same, in one round trip with what comes before. */
  @Transactional
  public Set<Long> settle(List<Settled> attempts, Sql.Before before) {
    Map<Long, Settlement> settlements = new HashMap<>();
    attempts.forEach(a -> settlements.put(a.attempt().task(), settlement(a)));
    Map<Long, Moved> moves = update(attempts, settlements, before);
    for (Settled a : attempts) {
      Moved move = moves.get(a.attempt().task());
      if (move != null) {
        fire(a, move);
      }
    }
    return moves.keySet();
  }

  private Settlement settlement(Settled settled) {
    Attempted attempt = settled.attempt();
    return Settlement.of(
        settled.outcome(),
        attempt.attempts(),
        attempt.maxAttempts(),
        attempt.losses(),
        maxLosses,
        attempt.backoff(),
        ThreadLocalRandom.current());
  }

  /** Where a task went, and how long its attempt had taken. */
  private record Moved(TaskState to, long millis) {}

  private Map<Long, Moved> update(
      List<Settled> attempts, Map<Long, Settlement> settlements, Sql.Before before) {
    int n = attempts.size();
    Long[] ids = new Long[n];
    Long[] claims = new Long[n];
    Long[] executions = new Long[n];
    String[] states = new String[n];
    Double[] delays = new Double[n];
    Integer[] uncounted = new Integer[n];
    Integer[] losses = new Integer[n];
    Integer[] outages = new Integer[n];
    String[] results = new String[n];
    String[] errors = new String[n];
    String[] outcomes = new String[n];
    String[] said = new String[n];
    for (int i = 0; i < n; i++) {
      Attempted attempt = attempts.get(i).attempt();
      Outcome outcome = attempts.get(i).outcome();
      Settlement s = settlements.get(attempt.task());
      ids[i] = attempt.task();
      claims[i] = attempt.claim();
      executions[i] = attempts.get(i).execution();
      states[i] = s.to().label();
      delays[i] = s.delay().toMillis() / 1000.0;
      uncounted[i] = s.counts() ? 0 : 1;
      losses[i] = s.losses();
      outages[i] =
          outcome instanceof Outcome.Outage o && s.to() == TaskState.PENDING ? o.inARow() : 0;
      results[i] =
          outcome instanceof Outcome.Succeeded done && done.result() != null
              ? done.result().toString()
              : null;
      errors[i] = cut(s.error());
      outcomes[i] = outcome.label();
      said[i] = cut(outcome.error());
    }
    Map<Long, Moved> moves = new HashMap<>();
    sql.list(
        Sql.PLANNED_ONCE.and(before).and(CONSTRAINTS),
        SETTLE,
        row -> moves.put(row.getLong(1), new Moved(TaskState.of(row.getString(3)), row.getLong(2))),
        ids,
        claims,
        executions,
        states,
        delays,
        uncounted,
        losses,
        outages,
        results,
        errors,
        outcomes,
        said);
    return moves;
  }

  private void fire(Settled settled, Moved move) {
    Attempted attempt = settled.attempt();
    moved.fire(
        new TaskMoved(
            attempt.task(),
            attempt.type(),
            TaskState.ONGOING,
            move.to,
            attempt.number(),
            attempt.claim(),
            attempt.actor(),
            settled.outcome().label(),
            move.millis,
            cut(settled.outcome().error())));
  }

  /** As PostgreSQL can keep it: of bounded length, without NUL. */
  private static String cut(String error) {
    if (error == null) {
      return null;
    }
    String text = error.replace('\0', '\uFFFD');
    return text.length() <= MAX_ERROR ? text : text.substring(0, MAX_ERROR) + " … (cut)";
  }
}
