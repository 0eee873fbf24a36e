package dev.longshore.engine.worker;

import dev.longshore.db.DatabaseException;
import dev.longshore.db.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * The statements on this node's row in {@code longshore.worker}, each a compare-and-set, on one
 * session for as long as the node lives: an advisory lock that the session holds tells the others
 * at once when its process is gone.
 */
class Lease implements AutoCloseable {

  /**
   * What is asked of the node.
   *
   * @param draining whether it is to take no more work
   * @param timeout how long its work may go on then; {@code null}: as it is set
   */
  record Asked(boolean draining, Duration timeout) {}

  private final String id;
  private final Settings settings;
  private final Connection session;
  private final Sql sql;
  private boolean locked;

  /** Opens the session. */
  Lease(DataSource dataSource, String id, Settings settings) throws SQLException {
    this.id = id;
    this.settings = settings;
    this.session = dataSource.getConnection();
    this.sql = new Sql(session);
  }

  /**
   * Takes the id for a new life, unless a live node has it: then empty.
   *
   * @param draining whether the new life takes no work, as an earlier one of this process did
   */
  Optional<Long> acquire(boolean draining) {
    return sql.first(
        """
            insert into longshore.worker as w
                (id, run, host, pid, version, state, lease_until, long_slots, quick_slots, draining)
            values (?, nextval('longshore.worker_run'), ?, ?, ?, 'active',
                clock_timestamp() + ? * interval '1 second', ?, ?, ?)
            on conflict (id) do update set
                run = excluded.run, host = excluded.host, pid = excluded.pid,
                version = excluded.version, state = 'active', started_at = clock_timestamp(),
                seen_at = clock_timestamp(), lease_until = excluded.lease_until,
                long_slots = excluded.long_slots, quick_slots = excluded.quick_slots,
                draining = excluded.draining, session_at = null
            where w.state <> 'active' or w.lease_until < clock_timestamp() or
            """
            + Gone.CONDITION
            + " returning run",
        row -> row.getLong(1),
        id,
        Settings.hostName(),
        ProcessHandle.current().pid(),
        version(),
        settings.lease(),
        draining ? 0 : settings.longSlots(),
        draining ? 0 : settings.quickSlots(),
        draining);
  }

  /**
   * Shows that the node lives, and what it offers.
   *
   * @param stopping whether it takes no more work from now on, which is nothing for the others to
   *     count on
   * @return empty when the life is over: somebody has declared it lost
   */
  Optional<Asked> renew(long run, boolean stopping) {
    if (!locked) {
      lock(run);
    }
    return sql.first(
        """
            update longshore.worker
            set seen_at = clock_timestamp(),
                lease_until = clock_timestamp() + ? * interval '1 second',
                draining = draining or s.stopping,
                long_slots = case when draining or s.stopping then 0 else ? end,
                quick_slots = case when draining or s.stopping then 0 else ? end
            from (select ?::boolean as stopping) s
            where id = ? and run = ? and state = 'active'
            returning draining, drain_seconds * 1000, drain_seconds is null
            """,
        row ->
            new Asked(
                row.getBoolean(1), row.getBoolean(3) ? null : Duration.ofMillis(row.getLong(2))),
        settings.lease(),
        settings.longSlots(),
        settings.quickSlots(),
        stopping,
        id,
        run);
  }

  /**
   * Takes the life's lock. A broken session of the same life may hold it still: then this session
   * tries again with the next sign of life, and meanwhile only the lease counts.
   */
  void lock(long run) {
    locked =
        sql.first(
                """
                with mine as materialized (
                    select pg_try_advisory_lock(hashtext('longshore.worker'), ?::int) as locked),
                noted as (
                    update longshore.worker set session_at = clock_timestamp()
                    from mine where id = ? and run = ? and locked)
                select locked from mine
                """,
                row -> row.getBoolean(1),
                run,
                id,
                run)
            .orElseThrow();
  }

  /** Whether the session holds the life's lock. */
  boolean isLocked() {
    return locked;
  }

  /** Ends the life in good order, so that the id is free at once. */
  void release(long run) {
    sql.update(
        """
        update longshore.worker set state = 'stopped', seen_at = clock_timestamp(),
            lease_until = clock_timestamp()
        where id = ? and run = ? and state = 'active'
        """,
        id,
        run);
  }

  /** Who holds the id now, in words. */
  String holder() {
    return sql.first(
            "select host, pid, lease_until from longshore.worker where id = ?",
            row ->
                "a live node (host %s, process %d, lease until %s)"
                    .formatted(row.getString(1), row.getLong(2), row.getString(3)),
            id)
        .orElse("a node that has just gone");
  }

  /** Back to the pool without its lock, or out of it when it is dead. */
  @Override
  public void close() {
    try (session) {
      if (locked) {
        sql.first("select pg_advisory_unlock_all()", row -> true);
      }
    } catch (SQLException | DatabaseException e) {
      // The session was broken, and its lock is free for that.
    }
  }

  private static String version() {
    String version = Lease.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
