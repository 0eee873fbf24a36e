package dev.longshore.log.worker;

import dev.longshore.log.Message;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** What a burst does next: a dead letter, a periodic run, the next message, or nothing. */
@ApplicationScoped
class ReadMessages {

  @Inject private Unread unread;
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
        return enter(burst) ? burst.special() : null;
      }
      if (burst.isBlocked()) {
        return null;
      }
      if (burst.hasNext()) {
        return enter(burst) ? burst.next() : null;
      }
      if (consumer.mayHaveUnread()) {
        if (consumer.pause(burst, room.paceMillis())) {
          continue; // something came up meanwhile
        }
        if (!enter(burst)) {
          return null;
        }
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

  /**
   * Waits for a place among those that work.
   *
   * @return whether something may be begun: it may have been stopped meanwhile
   */
  private boolean enter(Burst burst) throws InterruptedException {
    room.enter(burst);
    if (burst.isStopped()) {
      room.leave(burst);
      return false;
    }
    return true;
  }

  private boolean prepareSpecial(Burst burst) {
    if (burst.special() != null) {
      return true;
    }
    if (burst.consumer().takeReplays()) {
      unread
          .replay(burst.worker())
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
    Unread.Page page =
        burst.declaration().messages().isEmpty() || to <= burst.readTo()
            ? Unread.Page.EMPTY
            : unread.page(burst.declaration(), burst.readTo(), to);
    List<Message> messages = page.messages();
    long readTo =
        page.all() ? Math.max(to, burst.readTo()) : messages.get(messages.size() - 1).id();
    burst.add(messages, readTo);
    burst.consumer().hasRead(readTo, page.all());
    return !messages.isEmpty();
  }
}
