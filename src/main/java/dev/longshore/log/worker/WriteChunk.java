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
   * @throws HandlerFailed when a handler has broken the transaction without a word
   */
  void write(Burst burst, List<Item> items) throws HandlerFailed {
    Item last = items.get(items.size() - 1);
    try {
      switch (last.kind) {
        case PERIODIC -> periodic(burst, last);
        case DEAD_LETTER -> deadLetter(burst, last);
        case MESSAGE -> {
          items.stream()
              .filter(item -> item.outcome() == Item.Outcome.SET_ASIDE)
              .forEach(item -> setAside(burst, item));
          switch (last.outcome()) {
            case FAILED, WAITING, HALTED -> failed(burst, last);
            default -> passed(burst, items);
          }
        }
      }
    } catch (DatabaseException e) {
      if (!e.isTransactionAborted()) {
        throw e;
      }
      // A handler has swallowed an error of PostgreSQL's, which ends the transaction for all.
      if (burst.isAlone()) {
        last.failed(
            last.attempt < burst.declaration().policy().attempts() || last.kind != Item.Kind.MESSAGE
                ? Item.Outcome.FAILED
                : Item.Outcome.SET_ASIDE,
            "The handler swallowed an error of the database, and its transaction is lost: " + e,
            last.nanos());
      }
      throw new HandlerFailed(e);
    }
  }

  private void passed(Burst burst, List<Item> items) {
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
            burst.changedState(),
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
  private void deadLetter(Burst burst, Item item) {
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
    stateOf(burst, null);
  }

  private void periodic(Burst burst, Item item) {
    WorkerPolicy policy = burst.declaration().policy();
    double jitter = policy.jitter() * (2 * ThreadLocalRandom.current().nextDouble() - 1);
    long millis = Math.max(1, Math.round(policy.every().toMillis() * (1 + jitter)));
    stateOf(burst, Duration.ofMillis(millis));
    burst.periodicIn(millis);
  }

  private void stateOf(Burst burst, Duration periodicIn) {
    fenced(
        burst,
        sql.update(
            """
            update longshore.event_worker
            set state = coalesce(?::jsonb, state), periodic_at = coalesce(
                clock_timestamp() + ?::float8 * interval '1 second', periodic_at)
            where name = ? and token = ?
            """,
            burst.changedState(),
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
