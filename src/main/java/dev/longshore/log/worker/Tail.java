package dev.longshore.log.worker;

import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Follows the end of the log for all workers of this node, on one thread and one connection: which
 * names have new messages that may be read. Opens its channel anew whenever it breaks.
 */
@ApplicationScoped
class Tail {

  private static final Logger LOG = Logger.getLogger(Tail.class.getName());
  private static final long FIRST_RETRY_MILLIS = 100;
  private static final long LAST_RETRY_MILLIS = 5_000;

  @Resource(lookup = "jdbc/longshore-wake")
  DataSource dataSource;

  @Resource(lookup = "java:comp/DefaultManagedThreadFactory")
  ManagedThreadFactory threads;

  private final AtomicLong seen = new AtomicLong();
  private final AtomicLong told = new AtomicLong();
  private volatile boolean stopped;
  private volatile boolean open;
  private Thread thread;

  /**
   * Begins to follow the log.
   *
   * @param news is told, after {@link #seen} has grown, the greatest new id of each name; an empty
   *     map means: of any
   */
  void start(Consumer<Map<String, Long>> news) {
    thread = threads.newThread(() -> follow(news));
    thread.setName("longshore-log");
    thread.setDaemon(true);
    thread.start();
  }

  void stop() {
    stopped = true;
    if (thread != null) {
      thread.interrupt(); // ends a pause; a wait for notifications ends by its own time-out
    }
  }

  /** Every message up to this id may be read, or will never come. */
  long seen() {
    return seen.get();
  }

  /** Of every message up to this id its workers have been told. */
  long told() {
    return told.get();
  }

  /** Whether the log is followed now. */
  boolean isOpen() {
    return open;
  }

  private void follow(Consumer<Map<String, Long>> news) {
    long retry = FIRST_RETRY_MILLIS;
    while (!stopped) {
      try (TailChannel channel = new TailChannel(dataSource, seen, told, news)) {
        channel.look();
        open = true;
        retry = FIRST_RETRY_MILLIS;
        channel.serve(() -> stopped);
      } catch (SQLException | RuntimeException | Error e) { // no worker would read any more
        open = false;
        if (!stopped) {
          LOG.log(
              Level.WARNING,
              "The log cannot be followed ({0}). Event workers of this node get no new messages"
                  + " until that works again; it is tried all the time.",
              e.toString());
          pause(retry);
          retry = Math.min(2 * retry, LAST_RETRY_MILLIS);
        }
      }
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      // The server stops; where it does not, an early retry does no harm.
    }
  }
}
