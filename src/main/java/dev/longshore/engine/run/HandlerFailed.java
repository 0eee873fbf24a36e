package dev.longshore.engine.run;

/**
 * A handler of the quick lane failed: its chunk rolls back and is retried one task at a time
 * (Jakarta Batch 2.1, 8.2.1.4.2: retry with rollback), so that a bad task fails alone.
 */
public final class HandlerFailed extends Exception {

  HandlerFailed(Throwable cause) {
    super(cause.toString(), cause, false, false);
  }
}
