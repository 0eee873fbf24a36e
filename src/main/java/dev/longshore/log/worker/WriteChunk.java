package dev.longshore.log.worker;

import dev.longshore.db.DatabaseException;
import dev.longshore.db.Sql;
import dev.longshore.engine.batch.ClaimLost;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a chunk writes of its own, in the handlers' transaction and fenced by the worker's token.
 */
@ApplicationScoped
class WriteChunk {

  @Inject private Sql sql;

  /**
   * @throws ClaimLost when the worker is not this node's any more
   * @throws HandlerFailed when a handler has broken the transaction without a word, or has left a
   *     state that cannot be stored
   */
  void write(Burst burst, List<Item> items) throws HandlerFailed {
    Item last = items.get(items.size() - 1);
    String state = state(burst, last);
    checkLate(burst, last);
    try {
      switch (last.kind) {
        case PERIODIC -> periodic(burst, state);
        case DEAD_LETTER -> deadLetter(burst, last, state);
        case MESSAGE -> {
          items.stream()
              .filter(item -> item.outcome() == Item.Outcome.SET_ASIDE)
              .forEach(item -> setAside(burst, item));
          switch (last.outcome()) {
            case FAILED, WAITING, HALTED -> failed(burst, last);
            default -> passed(burst, items, state);
          }
        }
      }
    } catch (DatabaseException e) {
      if (e.isBadData()) {
        throw failed(burst, last, "The state cannot be stored that the handler left: ", e);
      }
      throw e;
    }
  }

  /**
   * Has constraints and triggers that wait for the commit look now: what they refuse is the
   * handler's failure, whatever it is. A commit that is refused would have no message to blame.
   */
  private void checkLate(Burst burst, Item last) throws HandlerFailed {
    try {
      sql.update("set constraints all immediate");
    } catch (DatabaseException e) {
      if (e.isTransactionAborted()) {
        // A handler has swallowed an error of PostgreSQL's, which ends the transaction for all.
        throw failed(
            burst,
            last,
            "The handler swallowed an error of the database, and its transaction is lost: ",
            e);
      }
      if (e.isOutage()) {
        throw e;
      }
      throw failed(burst, last, "The handler broke a constraint that is checked late: ", e);
    }
  }

  private static String state(Burst burst, Item last) throws HandlerFailed {
    try {
      return burst.changedState();
    } catch (RuntimeException e) {
      throw failed(burst, last, "The state cannot be written as JSON that the handler left: ", e);
    }
  }

  /** The handler's failure, which shows only now. Of the bad state nothing is left from here on. */
  private static HandlerFailed failed(Burst burst, Item last, String what, RuntimeException e) {
    if (burst.isAlone()) {
      if (last.isSettled()) {
        throw e; // it was not called: this is not of its making
      }
      WorkerPolicy policy = burst.declaration().policy();
      last.failed(last.outcomeOf(e, policy), what + e, last.nanos());
    }
    return new HandlerFailed(e);
  }

  private void passed(Burst burst, List<Item> items, String state) {
    fenced(
        burst,
        sql.update(
            """
            update longshore.event_worker
            set position = ?, state = coalesce(?::jsonb, state), handled = handled + ?,
                failing_id = null, failures = 0, retry_at = null, error = null, suspect_id = null,
                losses = 0, moved_at = clock_timestamp()
            where name = ? and token = ?
            """,
            burst.positionAfter(items),
            state,
            items.stream().filter(item -> item.outcome() == Item.Outcome.DONE).count(),
            burst.worker(),
            burst.token()));
  }

  private void failed(Burst burst, Item item) {
    boolean counts = item.outcome() != Item.Outcome.WAITING;
    Duration wait = WorkerPolicy.backoff(counts ? item.attempt : burst.consumer().outage());
    fenced(
        burst,
        sql.update(
            """
            update longshore.event_worker
            set failing_id = ?, failures = ?,
                retry_at = clock_timestamp() + ? * interval '1 second', error = ?, halted = ?,
                suspect_id = null, losses = 0
            where name = ? and token = ?
            """,
            item.messageId(),
            counts ? item.attempt : item.attempt - 1,
            wait,
            item.error(),
            item.outcome() == Item.Outcome.HALTED,
            burst.worker(),
            burst.token()));
    burst.block(wait.toMillis(), item.outcome() == Item.Outcome.HALTED);
  }

  private void setAside(Burst burst, Item item) {
    sql.update(
        """
        insert into longshore.dead_letter (worker, message_id, name, payload, metadata, created_at,
            error, attempts)
        values (?, ?, ?, ?::jsonb, ?::jsonb, ?, ?, ?)
        """,
        burst.worker(),
        item.messageId(),
        item.message.name(),
        item.message.payload().toString(),
        item.message.metadata().toString(),
        item.message.createdAt(),
        item.error(),
        item.attempt);
  }

  /** Replayed: gone when it went well; otherwise it lies there again. */
  private void deadLetter(Burst burst, Item item, String state) {
    if (item.outcome() == Item.Outcome.DONE) {
      sql.update("delete from longshore.dead_letter where id = ?", item.deadLetter);
    } else {
      sql.update(
          """
          update longshore.dead_letter set replay_at = null, error = ?, attempts = attempts + 1
          where id = ?
          """,
          item.error(),
          item.deadLetter);
    }
    stateOf(burst, state, null);
  }

  private void periodic(Burst burst, String state) {
    WorkerPolicy policy = burst.declaration().policy();
    double jitter = policy.jitter() * (2 * ThreadLocalRandom.current().nextDouble() - 1);
    long millis = Math.max(1, Math.round(policy.every().toMillis() * (1 + jitter)));
    stateOf(burst, state, Duration.ofMillis(millis));
    burst.periodicIn(millis);
  }

  private void stateOf(Burst burst, String state, Duration periodicIn) {
    fenced(
        burst,
        sql.update(
            """
            update longshore.event_worker
            set state = coalesce(?::jsonb, state), periodic_at = coalesce(
                clock_timestamp() + ?::float8 * interval '1 second', periodic_at)
            where name = ? and token = ?
            """,
            state,
            periodicIn == null ? null : periodicIn.toMillis() / 1000.0,
            burst.worker(),
            burst.token()));
  }

  private static void fenced(Burst burst, int rows) {
    if (rows == 0) {
      burst.lost();
      throw new ClaimLost(burst.token());
    }
  }
}
