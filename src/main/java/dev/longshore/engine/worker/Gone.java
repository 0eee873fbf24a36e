package dev.longshore.engine.worker;

/** What tells that a node's process is gone, without waiting for its lease. */
public final class Gone {

  /**
   * True of a row of {@code longshore.worker w} whose session has ended and which has shown no sign
   * of life for three seconds, the time in which a node whose connection broke opens another one. A
   * session that PostgreSQL ended itself, when it was restarted, says nothing.
   */
  public static final String CONDITION =
      """
      (w.session_at > pg_postmaster_start_time()
        and w.seen_at < clock_timestamp() - interval '3 seconds'
        and not longshore.has_session(w.run))
      """;

  private Gone() {}
}
