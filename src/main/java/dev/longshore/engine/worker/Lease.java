package dev.longshore.engine.worker;

import dev.longshore.db.Sql;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.Optional;
import javax.sql.DataSource;

/** The statements on this node's row in {@code longshore.worker}, each a compare-and-set. */
@ApplicationScoped
@Transactional(Transactional.TxType.REQUIRES_NEW)
class Lease {

  @Inject private Worker worker;
  @Inject private Settings settings;

  @Resource(lookup = "jdbc/lease")
  private DataSource dataSource;

  private Sql sql;

  @PostConstruct
  void open() {
    sql = new Sql(dataSource);
  }

  /** Takes the id for a new life, unless a live node has it: then empty. */
  Optional<Long> acquire() {
    return sql.first(
        """
        insert into longshore.worker as w
            (id, run, host, pid, version, state, lease_until, long_slots, quick_slots)
        values (?, nextval('longshore.worker_run'), ?, ?, ?, 'active',
            clock_timestamp() + ? * interval '1 second', ?, ?)
        on conflict (id) do update set
            run = excluded.run, host = excluded.host, pid = excluded.pid,
            version = excluded.version, state = 'active', started_at = clock_timestamp(),
            seen_at = clock_timestamp(), lease_until = excluded.lease_until,
            long_slots = excluded.long_slots, quick_slots = excluded.quick_slots
        where w.state <> 'active' or w.lease_until < clock_timestamp()
        returning run
        """,
        row -> row.getLong(1),
        worker.id(),
        Settings.hostName(),
        ProcessHandle.current().pid(),
        version(),
        settings.lease(),
        settings.longSlots(),
        settings.quickSlots());
  }

  /** False when the life is over: somebody has declared it lost. */
  boolean renew(long run) {
    return sql.update(
            """
            update longshore.worker
            set seen_at = clock_timestamp(), lease_until = clock_timestamp() + ? * interval '1 second'
            where id = ? and run = ? and state = 'active'
            """,
            settings.lease(),
            worker.id(),
            run)
        == 1;
  }

  /** Ends the life in good order, so that the id is free at once. */
  void release(long run) {
    sql.update(
        """
        update longshore.worker set state = 'stopped', seen_at = clock_timestamp(),
            lease_until = clock_timestamp()
        where id = ? and run = ? and state = 'active'
        """,
        worker.id(),
        run);
  }

  /** Who holds the id now, in words. */
  String holder() {
    return sql.first(
            "select host, pid, lease_until from longshore.worker where id = ?",
            row ->
                "a live node (host %s, process %d, lease until %s)"
                    .formatted(row.getString(1), row.getLong(2), row.getString(3)),
            worker.id())
        .orElse("a node that has just gone");
  }

  private static String version() {
    String version = Lease.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
