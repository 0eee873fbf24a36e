package dev.longshore.log.worker;

import dev.longshore.db.Sql;
import dev.longshore.log.Message;
import dev.longshore.log.MessageRow;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** What a burst does next: a dead letter, a periodic run, the next message, or nothing. */
@ApplicationScoped
class ReadMessages {

  /** How many messages are held in memory, at most. */
  private static final int PAGE = 500;

  /**
   * The ids of each name are a range of the index; the rows are read of those that are next. One
   * range over all names would be sorted anew for every page.
   */
  private static final String NEXT =
      "select "
          + MessageRow.COLUMNS
          + """
           from (select o.id from unnest(?) n (name) cross join lateral (
                select i.id from longshore.message i
                where i.name = n.name and i.id > ? and i.id <= ? order by i.id limit ?) o
              order by o.id limit ?) p
          join longshore.message m on m.id = p.id order by m.id
          """;

  @Inject private Sql sql;
  @Inject private Tail tail;
  @Inject private Room room;

  /** How long a job stands without a message before it ends. */
  @Inject
  @ConfigProperty(name = "longshore.event-workers.linger", defaultValue = "PT2S")
  private java.time.Duration linger;

  /** Whether there is anything to run a job for. */
  boolean any(Burst burst) {
    if (prepareSpecial(burst)) {
      return true;
    }
    return !burst.isBlocked() && fill(burst);
  }

  /** The next item; {@code null} when the job is to end. */
  Item next(Burst burst) throws InterruptedException {
    if (!burst.isChunkEmpty()) {
      return burst.next(); // a chunk that nothing follows in has ended
    }
    if (burst.special() != null) {
      return burst.special(); // once more, after a rollback
    }
    Consumer consumer = burst.consumer();
    long end = System.nanoTime() + linger.toNanos();
    while (!burst.isStopped()) {
      if (prepareSpecial(burst)) {
        room.enter(burst);
        return burst.special();
      }
      if (burst.isBlocked()) {
        return null;
      }
      if (burst.hasNext()) {
        room.enter(burst);
        return burst.next();
      }
      if (consumer.mayHaveUnread()) {
        if (consumer.pause(burst, room.paceMillis())) {
          continue; // something came up meanwhile
        }
        room.enter(burst);
        if (fill(burst)) {
          return burst.next();
        }
      }
      room.leave(burst);
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        return null;
      }
      consumer.await(burst, Math.min(left, Math.max(1, burst.periodicMillis())));
    }
    return null;
  }

  private boolean prepareSpecial(Burst burst) {
    if (burst.special() != null) {
      return true;
    }
    if (burst.consumer().takeReplays()) {
      sql.first(
              """
              select m.message_id, m.name, m.payload::text, m.metadata::text, m.created_at, m.id,
                  m.attempts
              from longshore.dead_letter m
              where m.worker = ? and m.replay_at is not null order by m.replay_at, m.id limit 1
              """,
              row ->
                  new Item(
                      Item.Kind.DEAD_LETTER, MessageRow.of(row), row.getLong(6), row.getInt(7) + 1),
              burst.worker())
          .ifPresent(
              item -> {
                burst.special(item);
                burst.consumer().replays(); // there may be more
              });
    }
    if (burst.special() == null && burst.isPeriodicDue()) {
      burst.special(new Item(Item.Kind.PERIODIC, null, 0, 1));
    }
    return burst.special() != null;
  }

  private boolean fill(Burst burst) {
    long to = tail.seen(); // what is up to here is settled
    List<Message> page =
        burst.declaration().messages().isEmpty() || to <= burst.readTo()
            ? List.of()
            : sql.list(
                NEXT,
                MessageRow::of,
                burst.declaration().messages().toArray(String[]::new),
                burst.readTo(),
                to,
                PAGE,
                PAGE);
    boolean all = page.size() < PAGE;
    long readTo = all ? Math.max(to, burst.readTo()) : page.get(page.size() - 1).id();
    burst.add(page, readTo);
    burst.consumer().hasRead(readTo, all);
    return !page.isEmpty();
  }
}
