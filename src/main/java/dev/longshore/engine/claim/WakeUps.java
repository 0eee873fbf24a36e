package dev.longshore.engine.claim;

import dev.longshore.task.Lane;
import dev.longshore.task.TaskTypes;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.ejb.DependsOn;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Hears of submissions from SQL and from other nodes, on a thread and a connection of its own, and
 * opens the channel anew whenever it breaks. Without it new work waits for {@link ClaimTimer}.
 */
@Singleton
@Startup
@DependsOn("ClaimTimer")
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class WakeUps {

  private static final Logger LOG = Logger.getLogger(WakeUps.class.getName());
  private static final long FIRST_RETRY_MILLIS = 100;
  private static final long LAST_RETRY_MILLIS = 5_000;

  /** Not the pool of the handlers: they may hold every connection of it. */
  @Resource(lookup = "jdbc/longshore-wake")
  DataSource dataSource;

  @Resource(lookup = "java:comp/DefaultManagedThreadFactory")
  ManagedThreadFactory threads;

  @Inject private Claimer claimer;
  @Inject TaskTypes types;

  private volatile boolean stopped;
  Thread thread;

  @PostConstruct
  void start() {
    thread = threads.newThread(this::listen);
    thread.setName("longshore-wake");
    thread.setDaemon(true);
    thread.start();
  }

  @PreDestroy
  void stop() {
    stopped = true;
    thread.interrupt(); // ends a pause; a wait for notifications ends by its own time-out
  }

  private void listen() {
    long retry = FIRST_RETRY_MILLIS;
    boolean wasOpen = false;
    while (!stopped) {
      try (WakeUpChannel channel =
          new WakeUpChannel(
              dataSource, claimer, types.namesIn(Lane.LONG), types.namesIn(Lane.QUICK))) {
        LOG.log(wasOpen ? Level.WARNING : Level.INFO, "The wake-up channel is open.");
        wasOpen = true;
        retry = FIRST_RETRY_MILLIS;
        channel.serve(() -> stopped);
      } catch (SQLException | RuntimeException e) {
        if (!stopped) {
          LOG.log(
              Level.WARNING,
              "The wake-up channel is lost ({0}). Until it is open again, work that is submitted by"
                  + " SQL or on other nodes may wait for longshore.claim.interval.",
              e.toString());
          pause(retry);
          retry = Math.min(2 * retry, LAST_RETRY_MILLIS);
        }
      }
    }
  }

  private void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      // The server stops; where it does not, an early retry does no harm.
    }
  }
}
