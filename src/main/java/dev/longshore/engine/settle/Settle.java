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
  private static final String SETTLE =
      Sql.PLANNED_ONCE
          + "set constraints all immediate; "
          + """
      with given as (
          select * from unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::text[], ?::float8[],
                  ?::int[], ?::int[], ?::text[], ?::text[], ?::text[], ?::text[])
              as g (id, claim, execution, state, delay, uncounted, losses, result, error, outcome,
                  said)),
      -- Whoever was told that a task is being cancelled must not see it run again.
      settled as (
          select g.id, claim, execution, case when g.state = 'pending' and t.cancel_requested then 'cancelled'
              else g.state end as state, delay, uncounted, g.losses, g.result, g.error, outcome, said
          from given g
          join longshore.task t on t.id = g.id and t.claim_id is not distinct from g.claim
          for no key update of t),
      moved as (
          update longshore.task t
          set state = s.state::longshore.task_state, claim_id = null,
              run_at = case when s.state = 'pending'
                  then clock_timestamp() + s.delay * interval '1 second' else t.run_at end,
              ended_at = case when s.state = 'pending' then null else clock_timestamp() end,
              attempts = t.attempts - s.uncounted, losses = s.losses, cancel_requested = false,
              result = s.result::jsonb, error = s.error
          from settled s
          where t.id = s.id and t.claim_id is not distinct from s.claim
            and t.state::text = 'ongoing'
          returning t.id, s.claim, s.execution, s.outcome, s.said, t.state,
              clock_timestamp() - t.started_at as took),
      attempts as (
          update longshore.attempt a
          set ended_at = clock_timestamp(), outcome = m.outcome, error = m.said,
              job_execution = nullif(m.execution, 0)
          from moved m
          where a.task_id = m.id and a.claim_id = m.claim),
      claim as (
          delete from longshore.claim c
          where c.id = any (array(select claim from moved)) and not exists (
              select 1 from longshore.task o
              where o.claim_id = c.id and o.id not in (select id from moved)
              offset 0)) -- keeps it from being a join
      select id, (extract(epoch from took) * 1000)::bigint, state from moved
      """;

  static {
    // The statement says 'ongoing' for every target; that is legal only while the table says so.
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
    Map<Long, Settlement> settlements = new HashMap<>();
    attempts.forEach(a -> settlements.put(a.attempt().task(), settlement(a)));
    Map<Long, Moved> moves = update(attempts, settlements);
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

  private Map<Long, Moved> update(List<Settled> attempts, Map<Long, Settlement> settlements) {
    int n = attempts.size();
    Long[] ids = new Long[n];
    Long[] claims = new Long[n];
    Long[] executions = new Long[n];
    String[] states = new String[n];
    Double[] delays = new Double[n];
    Integer[] uncounted = new Integer[n];
    Integer[] losses = new Integer[n];
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
        SETTLE,
        row -> moves.put(row.getLong(1), new Moved(TaskState.of(row.getString(3)), row.getLong(2))),
        ids,
        claims,
        executions,
        states,
        delays,
        uncounted,
        losses,
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
