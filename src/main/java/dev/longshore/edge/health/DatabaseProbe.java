package dev.longshore.edge.health;

import dev.longshore.db.DatabaseException;
import dev.longshore.db.PromptSql;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Shutdown;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Asks PostgreSQL for an answer again and again, aside of those who want to know: a server that is
 * cut off without a word answers nobody for seconds, and refuses nothing.
 */
@ApplicationScoped
public class DatabaseProbe {

  private static final Duration INTERVAL = Duration.ofSeconds(1);

  /** Longer than a statement is waited for, and a connection for it. */
  private static final Duration TOO_LONG = Duration.ofSeconds(10);

  @Inject PromptSql sql;

  @Resource(lookup = "concurrent/watch")
  private ManagedScheduledExecutorService scheduler;

  private volatile long askedNanos = System.nanoTime() - TOO_LONG.toNanos();
  private volatile String error = "it was not asked yet";
  private ScheduledFuture<?> asking;

  void start(@Observes Startup event) {
    asking =
        scheduler.scheduleWithFixedDelay(this::ask, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  void stop(@Observes Shutdown event) {
    asking.cancel(true);
  }

  /** What is wrong with PostgreSQL now, in words; empty when it works. */
  Optional<String> missing() {
    if (error != null) {
      return Optional.of("PostgreSQL does not answer: " + error);
    } else if (System.nanoTime() - askedNanos > TOO_LONG.toNanos()) {
      return Optional.of("PostgreSQL does not answer, nor does it refuse to");
    }
    return Optional.empty();
  }

  /** Catches everything: an exception would be the last question. */
  void ask() {
    try {
      sql.first("select 1", row -> row.getInt(1));
      error = null;
    } catch (DatabaseException e) {
      error = e.getMessage();
    } catch (RuntimeException e) {
      error = e.toString();
    }
    askedNanos = System.nanoTime();
  }
}
