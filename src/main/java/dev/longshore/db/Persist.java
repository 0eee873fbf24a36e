package dev.longshore.db;

import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Goes on trying while PostgreSQL is away. For the start of a node: a part that gave up there would
 * take the application with it for good, and nobody would start it again when PostgreSQL is back.
 */
public final class Persist {

  private static final Logger LOG = Logger.getLogger(Persist.class.getName());
  private static final long PAUSE_MILLIS = 500;

  /** A line in so many tries. */
  private static final int QUIET = 20;

  private Persist() {}

  /**
   * Does the work, again and again while it fails because PostgreSQL cannot be reached.
   *
   * @param otherwise what is not done meanwhile, in words
   * @throws RuntimeException what the work throws for any other reason
   */
  public static void whileAway(String otherwise, Runnable work) {
    for (int tries = 0; ; tries++) {
      try {
        work.run();
        return;
      } catch (RuntimeException e) {
        if (!DatabaseException.isAway(e)) {
          throw e;
        }
        if (tries % QUIET == 0) {
          LOG.log(
              Level.WARNING,
              "{0}: PostgreSQL does not answer ({1}). The node starts when it does.",
              new Object[] {otherwise, e.getMessage()});
        }
        pause(e);
      }
    }
  }

  private static void pause(RuntimeException failure) {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure;
    }
  }
}
