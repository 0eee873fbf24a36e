package dev.longshore.log.worker;

import dev.longshore.db.Sql;
import dev.longshore.problem.Conflict;
import dev.longshore.problem.InvalidInput;
import dev.longshore.problem.NotFound;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What an operator may do to a worker, on whichever node it runs. Each verb answers when it is
 * written down; the node that runs the worker follows within a second or so, behind the handler
 * that is under way.
 */
@ApplicationScoped
@Transactional
public class Control {

  private static final Logger LOG = Logger.getLogger(Control.class.getName());

  @Inject private Sql sql;
  @Inject private Event<WorkersChanged> changed;

  /**
   * No more messages are read and no periodic runs begun until {@link #resume}; the worker stays on
   * its node.
   *
   * @throws NotFound when there is no such worker; so do the other verbs
   * @throws Conflict when it is stopped
   */
  public void pause(String worker, String actor) {
    if (want(worker, "paused", "wanted <> 'stopped'", actor) == 0) {
      throw new Conflict("Event worker " + worker + " is stopped, so there is nothing to pause.");
    }
  }

  /**
   * Goes on where it stands. A worker that has halted tries its message again, with all attempts;
   * one that waits for the next attempt makes it now; one that runs well is left alone.
   *
   * @throws Conflict when it is stopped
   */
  public void resume(String worker, String actor) {
    if (want(worker, "running", "wanted <> 'stopped'", actor) == 0) {
      throw new Conflict("Event worker " + worker + " is stopped: start it.");
    }
  }

  /** Has no node run it until {@link #start}. Its position stays, and retention waits for it. */
  public void stop(String worker, String actor) {
    want(worker, "stopped", "true", actor);
  }

  /** Has a node run it again; like {@link #resume} for one that is not stopped. */
  public void start(String worker, String actor) {
    want(worker, "running", "true", actor);
  }

  /**
   * Has the worker go on from another place. What it handles again is a replay; its state stays,
   * unless it goes back to the beginning with {@code resetState}.
   *
   * @param to {@code beginning}, {@code now}, or the id of the message to read first
   * @param resetState whether its state begins anew, too
   * @throws InvalidInput when that is no such place
   */
  public void position(String worker, String to, boolean resetState, String actor) {
    long first = 0;
    boolean named = to.equals("beginning") || to.equals("now");
    if (!named) {
      try {
        first = Long.parseLong(to);
      } catch (NumberFormatException e) {
        // said below
      }
      if (first < 1) {
        throw InvalidInput.unfit(
            "position", "must be beginning, now or the id of the message to read first.");
      }
      long last = sql.first("select longshore.last_message()", row -> row.getLong(1)).orElseThrow();
      if (first - 1 > last) {
        throw InvalidInput.unfit(
            "position",
            "is beyond the log, whose last message has the id "
                + last
                + ": what is appended next would be passed over. now reads from there on.");
      }
    }
    int rows =
        sql.update(
            """
            update longshore.event_worker set
                replay_until = greatest(replay_until, position),
                position = case ? when 'beginning' then 0
                    when 'now' then longshore.readable_messages() else ? - 1 end,
                state = case when ? then null else state end,
                token = nextval('longshore.event_worker_token'),
                failing_id = null, failures = 0, retry_at = null, error = null, halted = false,
                suspect_id = null, losses = 0
            where name = ?
            """,
            to,
            first,
            resetState,
            worker);
    if (rows == 0) {
      throw new NotFound("event worker", worker);
    }
    told(worker, "is set to read from " + to + (resetState ? " with a new state" : ""), actor);
  }

  /**
   * Sets the message aside that a halted or retrying worker stands in front of, and has it go on.
   *
   * @throws Conflict when it stands in front of none
   */
  public void setAside(String worker, String actor) {
    int rows =
        sql.update(
            """
            with failing as (
                select w.name, w.failing_id, w.error, w.failures from longshore.event_worker w
                where w.name = ? and w.failing_id is not null for update),
            moved as (
                insert into longshore.dead_letter (worker, message_id, name, payload, metadata,
                    created_at, error, attempts)
                select f.name, m.id, m.name, m.payload, m.metadata, m.created_at,
                    coalesce(f.error, ''), f.failures
                from failing f join longshore.message m on m.id = f.failing_id)
            update longshore.event_worker w set
                position = greatest(w.position, f.failing_id), failing_id = null, failures = 0,
                retry_at = null, error = null, halted = false,
                token = nextval('longshore.event_worker_token')
            from failing f where w.name = f.name
            """,
            worker);
    if (rows == 0) {
      require(worker);
      throw new Conflict(
          "Event worker " + worker + " does not stand in front of a message that failed.");
    }
    told(worker, "has the message set aside that it could not handle", actor);
  }

  /**
   * Forgets a worker that no build declares any more, with its position, state and dead letters.
   *
   * @throws Conflict when it is not stopped
   */
  public void forget(String worker, String actor) {
    int rows =
        sql.update(
            "delete from longshore.event_worker where name = ? and wanted = 'stopped' and owner is"
                + " null",
            worker);
    if (rows == 0) {
      require(worker);
      throw new Conflict(
          "Event worker " + worker + " is not stopped, or its node has not let go of it yet.");
    }
    told(worker, "is forgotten", actor);
  }

  private int want(String worker, String wanted, String when, String actor) {
    require(worker);
    int rows =
        sql.update(
            """
            update longshore.event_worker set wanted = ?,
                failures = case when ? then 0 else failures end,
                retry_at = case when ? then null else retry_at end,
                halted = halted and not ?,
                token = case when ? and failing_id is not null
                    then nextval('longshore.event_worker_token') else token end
            where name = ? and\s"""
                + when,
            wanted,
            wanted.equals("running"),
            wanted.equals("running"),
            wanted.equals("running"),
            wanted.equals("running"),
            worker);
    if (rows == 1) {
      told(worker, "is to be " + wanted, actor);
    }
    return rows;
  }

  private void require(String worker) {
    if (sql.first("select 1 from longshore.event_worker where name = ?", r -> 1, worker)
        .isEmpty()) {
      throw new NotFound("event worker", worker);
    }
  }

  private void told(String worker, String what, String actor) {
    LOG.log(Level.INFO, "Event worker {0} {1}, by {2}", new Object[] {worker, what, actor});
    changed.fire(new WorkersChanged(worker));
  }
}
