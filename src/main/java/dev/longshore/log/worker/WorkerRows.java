package dev.longshore.log.worker;

import dev.longshore.db.Sql;
import dev.longshore.engine.batch.StandingJobs;
import dev.longshore.engine.worker.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Which node runs which worker: the ownership of rows in {@code longshore.event_worker}. */
@ApplicationScoped
@Transactional(Transactional.TxType.REQUIRES_NEW)
class WorkerRows {

  /** A node {@code w} that lives. */
  private static final String ALIVE =
      "w.state = 'active' and w.lease_until > clock_timestamp() and w.id = ";

  /** Of a node that lives. */
  private static final String OWNED =
      "exists (select from longshore.worker w where w.run = e.owner_run and " + ALIVE + "e.owner)";

  /** The node that is to have it lives. */
  private static final String ASKED =
      "exists (select from longshore.worker w where w.run = e.asked_run and "
          + ALIVE
          + "e.asked_by)";

  private static final String FREE = "e.wanted <> 'stopped' and not " + OWNED;

  private static final int KEPT_EXECUTIONS = 20;

  @Inject private Sql sql;
  @Inject private Worker node;
  @Inject private StandingJobs jobs;

  /**
   * How a worker stands, as this node looks at it.
   *
   * @param messages what the build has handlers for that was started last
   * @param owner the live node that runs it; {@code null} for none
   * @param askedBy the live node that is to have it; {@code null} for none
   */
  record Row(
      String name,
      List<String> messages,
      String wanted,
      long token,
      boolean halted,
      boolean mine,
      String owner,
      String askedBy,
      boolean replays) {

    /** Nobody runs it, or a node whose life is over. */
    boolean free() {
      return owner == null && !wanted.equals("stopped");
    }
  }

  /** What a burst begins with. Times are from now, negative when they are past. */
  record Beginning(
      long position,
      long replayUntil,
      String state,
      long token,
      long jobInstance,
      Long failing,
      int failures,
      String error,
      Long retryMillis,
      boolean halted,
      boolean suspicious,
      Long periodicMillis,
      String wanted) {}

  /**
   * Writes down what this build declares. A worker that is new gets its first position; an id
   * beyond the log is its end: what comes until the log is there would be passed over. Where it has
   * got another handler, a node whose build lacks that can commit nothing from here on: it would go
   * past messages that are for the new one.
   */
  void declare(WorkerDeclaration worker, String policy) {
    WorkerPolicy p = worker.policy();
    sql.update(
        """
        insert into longshore.event_worker as e
            (name, description, messages, periodic, policy, position, replay_until, periodic_at)
        select ?, ?, ?, ?, ?::jsonb,
            case s.start when 'beginning' then 0 when 'now' then s.readable
                else least(s.start::bigint - 1, s.last) end,
            case s.start when 'now' then s.readable else s.last end,
            clock_timestamp() + ?::float8 * interval '1 second'
        from (select ?::text as start, longshore.readable_messages() as readable,
            longshore.last_message() as last) s
        on conflict (name) do update set
            description = excluded.description, messages = excluded.messages,
            periodic = excluded.periodic, policy = excluded.policy,
            periodic_at = least(e.periodic_at, excluded.periodic_at),
            token = case when e.messages @> excluded.messages then e.token
                else nextval('longshore.event_worker_token') end,
            declared_at = excluded.declared_at
        """,
        worker.name(),
        worker.description(),
        worker.messages().toArray(String[]::new),
        worker.isPeriodic(),
        policy,
        p.every() == null ? null : p.every().toMillis() / 1000.0,
        p.start());
  }

  List<Row> standing(String[] names) {
    return sql.list(
        """
        select e.name, e.messages, e.wanted, e.token, e.halted,
            coalesce(e.owner = ? and e.owner_run = ?, false) as mine,
            case when %s then e.owner end, case when %s then e.asked_by end,
            exists (select from longshore.dead_letter d
                where d.worker = e.name and d.replay_at is not null) as replays
        from longshore.event_worker e where e.name = any(?) order by e.name
        """
            .formatted(OWNED, ASKED),
        row ->
            new Row(
                row.getString(1),
                List.of((String[]) row.getArray(2).getArray()),
                row.getString(3),
                row.getLong(4),
                row.getBoolean(5),
                row.getBoolean(6),
                row.getString(7),
                row.getString(8),
                row.getBoolean(9)),
        node.id(),
        node.run(),
        names);
  }

  /**
   * Takes those that are free for this node. What a node that is gone was at can commit nothing
   * from here on.
   */
  void take(String[] names) {
    record Taken(String name, long instance) {}
    List<Taken> taken =
        sql.list(
            """
            update longshore.event_worker e
            set owner = ?, owner_run = ?, owned_since = clock_timestamp(), report = null,
                asked_by = null, asked_run = null,
                token = nextval('longshore.event_worker_token')
            from (select e.name from longshore.event_worker e
                  where e.name = any(?) and %s for update skip locked) f
            where e.name = f.name
            returning e.name, e.job_instance
            """
                .formatted(FREE),
            row -> new Taken(row.getString(1), row.getLong(2)),
            node.id(),
            node.run(),
            names);
    List<Long> died = jobs.fail(taken.stream().map(Taken::instance).toArray(Long[]::new));
    if (!died.isEmpty()) {
      // Its message may be what its node died of: it is tried alone, and counted.
      sql.update(
          """
          update longshore.event_worker set suspect_id = coalesce(suspect_id, 0)
          where job_instance = any(?)
          """,
          (Object) died.toArray(Long[]::new));
    }
  }

  /**
   * Asks a node for workers of its.
   *
   * @return how many were asked for: not those that somebody else has asked for meanwhile
   */
  int ask(Share share) {
    return sql.update(
        """
        update longshore.event_worker e set asked_by = ?, asked_run = ?
        from (select e.name from longshore.event_worker e
              where e.name = any(?) and e.owner = ? and not %s for update skip locked) f
        where e.name = f.name
        """
            .formatted(ASKED),
        node.id(),
        node.run(),
        share.workers().toArray(String[]::new),
        share.node());
  }

  /** Gives it to the node that has asked for it, if that lives still; nothing runs it here. */
  boolean handOver(String name, long token) {
    return sql.update(
            """
            update longshore.event_worker e
            set owner = asked_by, owner_run = asked_run, owned_since = clock_timestamp(),
                report = null, asked_by = null, asked_run = null,
                token = nextval('longshore.event_worker_token')
            where name = ? and token = ? and %s
            """
                .formatted(ASKED),
            name,
            token)
        == 1;
  }

  /** Gives it up, so that another node may take it at once. */
  void release(String name, long token) {
    sql.update(
        """
        update longshore.event_worker
        set owner = null, owner_run = null, token = nextval('longshore.event_worker_token')
        where name = ? and token = ?
        """,
        name,
        token);
  }

  /** Empty when this node does not run it any more. */
  Optional<Beginning> begin(String name) {
    return sql.first(
        """
        select position, replay_until, state::text, token, job_instance, failing_id, failures, error,
            (extract(epoch from retry_at - clock_timestamp()) * 1000)::bigint, halted,
            suspect_id is not null,
            (extract(epoch from periodic_at - clock_timestamp()) * 1000)::bigint, wanted
        from longshore.event_worker where name = ? and owner = ? and owner_run = ?
        """,
        row ->
            new Beginning(
                row.getLong(1),
                row.getLong(2),
                row.getString(3),
                row.getLong(4),
                row.getLong(5),
                row.getObject(6, Long.class),
                row.getInt(7),
                row.getString(8),
                row.getObject(9, Long.class),
                row.getBoolean(10),
                row.getBoolean(11),
                row.getObject(12, Long.class),
                row.getString(13)),
        name,
        node.id(),
        node.run());
  }

  /**
   * Notes, before it is tried, a message that may take its node down.
   *
   * @return how often it has been begun since anything was committed
   */
  int suspect(String name, long token, long message) {
    return sql.first(
            """
            update longshore.event_worker
            set losses = case when suspect_id = ? then losses + 1 else 1 end, suspect_id = ?
            where name = ? and token = ? returning losses
            """,
            row -> row.getInt(1),
            message,
            message,
            name,
            token)
        .orElse(0);
  }

  /**
   * A handler that ignores its interruption: the worker goes on without it, here or elsewhere, and
   * what that call still does cannot commit.
   *
   * @param message {@code null} for none
   * @param again when a message is tried again, or the periodic method runs again; {@code null} for
   *     a dead letter, which waits until somebody asks for it again
   */
  void abandon(
      Burst burst, Long message, int failures, Duration again, long deadLetter, String error) {
    boolean periodic = message == null && deadLetter == 0;
    int ours =
        sql.update(
            """
            update longshore.event_worker
            set owner = null, owner_run = null, token = nextval('longshore.event_worker_token'),
                failing_id = coalesce(?::bigint, failing_id),
                failures = case when ?::bigint is null then failures else ? end,
                retry_at = coalesce(
                    clock_timestamp() + ?::float8 * interval '1 second', retry_at),
                error = case when ?::bigint is null then error else ? end,
                periodic_at = coalesce(
                    clock_timestamp() + ?::float8 * interval '1 second', periodic_at)
            where name = ? and token = ?
            """,
            message,
            message,
            failures,
            message == null ? null : again.toMillis() / 1000.0,
            message,
            error,
            periodic ? again.toMillis() / 1000.0 : null,
            burst.worker(),
            burst.token());
    if (ours == 1) {
      sql.update(
          """
          update longshore.dead_letter set replay_at = null, error = ?, attempts = attempts + 1
          where id = ?
          """,
          error,
          deadLetter);
      jobs.abandon(burst.jobInstance());
    }
  }

  /**
   * Ends jobs of the worker that are on record as running, and run nowhere: PostgreSQL was away
   * when they ended, here or on a node that has handed it over.
   *
   * @return whether there were any, and the worker is still ours
   */
  boolean endLeftBehind(Burst burst) {
    return sql.first(
                "select 1 from longshore.event_worker where name = ? and token = ? for update",
                row -> 1,
                burst.worker(),
                burst.token())
            .isPresent()
        && jobs.endLeftBehind(burst.jobInstance()) > 0;
  }

  /**
   * Moves workers that have nothing to read up to where the log is. This and {@link #report} take
   * their rows in the same order: each would wait for the other otherwise.
   */
  void advance(String[] names, Long[] tokens, long position) {
    sql.update(
        """
        update longshore.event_worker e set position = ?
        from (select w.name from longshore.event_worker w
              join unnest(?, ?) as i (name, token) on w.name = i.name and w.token = i.token
              where w.position < ?
                and w.failing_id is null and not w.halted and w.wanted = 'running'
              order by w.name for update of w) f
        where e.name = f.name
        """,
        position,
        names,
        tokens,
        position);
  }

  /** A burst is an execution: of those of this node's workers that went well the last ones stay. */
  void forgetExecutions() {
    sql.update(
        """
        delete from longshore.job_execution j
        using (select x.id from longshore.event_worker e cross join lateral (
                 select o.id, o.status from longshore.job_execution o
                 where o.instance_id = e.job_instance and o.task_id is null
                 order by o.id desc offset ? limit 1000) x
               where e.owner = ? and e.owner_run = ? and x.status = 'COMPLETED') old
        where j.id = old.id
        """,
        KEPT_EXECUTIONS,
        node.id(),
        node.run());
  }

  /** Writes down what this node says of its workers' health. */
  void report(String[] names, String[] reports) {
    sql.update(
        """
        update longshore.event_worker e set report = r.report::jsonb
        from (select w.name, i.report from longshore.event_worker w
              join unnest(?, ?) as i (name, report) on w.name = i.name
              where w.owner = ? and w.owner_run = ?
              order by w.name for update of w) r
        where e.name = r.name
        """,
        names,
        reports,
        node.id(),
        node.run());
  }
}
