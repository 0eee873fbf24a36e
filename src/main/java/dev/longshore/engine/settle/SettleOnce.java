package dev.longshore.engine.settle;

import dev.longshore.db.Sql;
import dev.longshore.task.Outcome;
import dev.longshore.task.TaskMoved;
import dev.longshore.task.TaskState;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The door itself: one statement, fenced by the claim. */
@ApplicationScoped
public class SettleOnce {

  /** Longer errors are cut: a task row is read by people and by pages. */
  private static final int MAX_ERROR = 8_000;

  @Inject private Sql sql;
  @Inject private Event<TaskMoved> moved;

  @Inject
  @ConfigProperty(name = "longshore.recover.max-losses", defaultValue = "3")
  private int maxLosses;

  /**
   * Settles in the caller's transaction, or in one of its own.
   *
   * @return false when the claim was no longer this attempt's: nothing was changed
   */
  @Transactional
  public boolean settle(Attempted attempt, Outcome outcome, long execution) {
    Settlement s =
        Settlement.of(
            outcome,
            attempt.attempts(),
            attempt.maxAttempts(),
            attempt.losses(),
            maxLosses,
            attempt.backoff(),
            ThreadLocalRandom.current());
    String error = cut(outcome.error());
    Optional<Long> millis =
        sql.first(
            """
                with moved as (
                    update longshore.task
                    set state = ?::longshore.task_state, claim_id = null,
                        run_at = case when ? = 'pending'
                            then clock_timestamp() + ? * interval '1 second' else run_at end,
                        ended_at = case when ? = 'pending' then null else clock_timestamp() end,
                        attempts = attempts - ?, losses = ?, cancel_requested = false,
                        result = ?::jsonb, error = ?
                    where id = ? and claim_id = ? and state in %s
                    returning id, clock_timestamp() - started_at as took),
                attempt as (
                    update longshore.attempt
                    set ended_at = clock_timestamp(), outcome = ?, error = ?,
                        job_execution = nullif(?, 0)
                    from moved where task_id = moved.id and claim_id = ?),
                claim as (
                    delete from longshore.claim c using moved
                    where c.id = ? and not exists (select 1 from longshore.task o
                        where o.claim_id = c.id and o.id <> moved.id))
                select (extract(epoch from took) * 1000)::bigint from moved
                """
                .formatted(TaskState.sqlSourcesOf(s.to())),
            row -> row.getLong(1),
            s.to().label(),
            s.to().label(),
            s.delay(),
            s.to().label(),
            s.counts() ? 0 : 1,
            s.lost() ? attempt.losses() + 1 : 0,
            outcome instanceof Outcome.Succeeded done && done.result() != null
                ? done.result().toString()
                : null,
            cut(s.error()),
            attempt.task(),
            attempt.claim(),
            outcome.label(),
            error,
            execution,
            attempt.claim(),
            attempt.claim());
    if (millis.isPresent()) {
      moved.fire(
          new TaskMoved(
              attempt.task(),
              attempt.type(),
              TaskState.ONGOING,
              s.to(),
              attempt.number(),
              attempt.claim(),
              attempt.actor(),
              outcome.label(),
              millis.get(),
              error));
    }
    return millis.isPresent();
  }

  private static String cut(String error) {
    return error == null || error.length() <= MAX_ERROR
        ? error
        : error.substring(0, MAX_ERROR) + " … (cut)";
  }
}
