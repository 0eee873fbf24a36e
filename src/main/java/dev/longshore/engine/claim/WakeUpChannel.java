package dev.longshore.engine.claim;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * One session that listens. While there is nothing to do it asks submitters to announce themselves,
 * by the advisory lock that the trigger {@code longshore.wake} (V007) tries; one node that asks is
 * enough for all, and none asks while there is work. So under load there are no notifications.
 */
class WakeUpChannel implements AutoCloseable {

  private static final String LOOK =
      """
      select coalesce(bool_or(l.due), false) or n.news,
          coalesce(bool_or(l.due and l.claims < 2 * l.slots), false) or n.news,
          (select last_value from longshore.task_id_seq)
      from (
          select exists (
                  select 1 from longshore.route r
                  where r.type = any (o.types)
                    -- What may be closed as a whole is no reason to look again and again.
                    and not exists (
                        select 1 from longshore.queue q where q.name = r.queue and q.whole)
                    and not exists (
                        select 1 from longshore.task_type y where y.name = r.type and y.whole)
                    and exists (
                      select 1 from longshore.task t
                      where t.state = 'pending' and t.held is null and t.type = r.type
                        and t.queue = r.queue and t.priority = r.priority and t.run_at <= now()
                      order by t.run_at limit 1)) as due,
              (select count(*) from longshore.claim c
               where c.lane = o.lane and c.lease_until is null) as claims,
              (select sum(case o.lane when 'long' then w.long_slots else w.quick_slots end)
               from longshore.worker w
               where w.state = 'active' and w.lease_until > clock_timestamp()) as slots
          from (values ('long', ?::text[]), ('quick', ?::text[])) o (lane, types)) l,
          (select exists (select 1 from longshore.prerequisite_news)) n (news)
      group by n.news
      """;

  private static final String ASK = "select pg_try_advisory_lock(hashtext('longshore.wake'))";
  private static final String CEASE = "select pg_advisory_unlock(hashtext('longshore.wake'))";

  /** So many new tasks between two looks are a stream of them. */
  private static final long STREAM = 2;

  /** Between two looks, at first; it doubles with each. */
  private static final long FIRST = 5;

  private static final long LONGEST_WITH_ROOM = 20;

  /** While every slot is taken a slot that falls free wakes the claimer, not this. */
  private static final long LONGEST_WHEN_FULL = 100;

  /** Another node asks, and might go without a word. */
  private static final long LONGEST_UNASKED = 1_000;

  /** Asleep: a sign of life, so that a connection that died in silence is noticed. */
  private static final long LONGEST_ASKED = 5_000;

  /** Looks may take a twentieth of the time, however slow the database is. */
  private static final long SHARE = 20;

  private final Connection connection;
  private final PGConnection notifications;
  private final Claimer claimer;
  private final PreparedStatement look;
  private boolean asked;
  private long lastTask = Long.MAX_VALUE;

  private enum Work {
    /** Nothing is due, and little comes in. */
    NONE,
    /** Nothing is due, but so much comes in that looking costs less than being told. */
    COMING,
    /** Something is due, and there is room for its claims. */
    DUE,
    /** Something is due and has to wait for a slot. */
    FULL
  }

  WakeUpChannel(DataSource dataSource, Claimer claimer, String[] longTypes, String[] quickTypes)
      throws SQLException {
    this.claimer = claimer;
    connection = dataSource.getConnection();
    try {
      notifications = connection.unwrap(PGConnection.class);
      execute("listen longshore_work");
      execute("set enable_sort = off"); // as Claim does, and for its reason
      look = connection.prepareStatement(LOOK);
      look.setArray(1, array(longTypes));
      look.setArray(2, array(quickTypes));
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * Wakes the claimer once, and then whenever there is work that it may not know of.
   *
   * @throws SQLException when the connection is lost
   */
  void serve(BooleanSupplier stopped) throws SQLException {
    claimer.wake(); // for what was announced while nobody listened
    long pause = FIRST;
    while (!stopped.getAsBoolean()) {
      long since = System.nanoTime();
      Work work = look();
      if (work == Work.DUE || work == Work.FULL) {
        cease();
      }
      if (work == Work.DUE) {
        claimer.wake();
      } else if (work == Work.NONE && !asked) {
        asked = answer(ASK);
        if (asked) {
          // Once more: a submission may have asked in vain before. One that is still under way is
          // found by the looks at growing intervals that follow.
          pause = FIRST;
          continue;
        }
      }
      long longest = longest(work);
      long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
      pause = Math.min(pause, longest);
      if (notifiedWithin(Math.max(pause, SHARE * took))) {
        claimer.wake();
        cease();
        pause = FIRST;
      } else {
        pause = Math.min(2 * pause, longest);
      }
    }
  }

  private long longest(Work work) {
    return switch (work) {
      case DUE, COMING -> LONGEST_WITH_ROOM;
      case FULL -> LONGEST_WHEN_FULL;
      case NONE -> asked ? LONGEST_ASKED : LONGEST_UNASKED;
    };
  }

  private Work look() throws SQLException {
    try (ResultSet row = look.executeQuery()) {
      row.next();
      boolean coming = row.getLong(3) - lastTask >= STREAM;
      lastTask = row.getLong(3);
      return row.getBoolean(2)
          ? Work.DUE
          : row.getBoolean(1) ? Work.FULL : coming ? Work.COMING : Work.NONE;
    }
  }

  private boolean notifiedWithin(long millis) throws SQLException {
    PGNotification[] some = notifications.getNotifications((int) Math.min(millis, LONGEST_ASKED));
    return some != null && some.length > 0;
  }

  private void cease() throws SQLException {
    if (asked) {
      asked = false;
      answer(CEASE);
    }
  }

  private boolean answer(String question) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(question)) {
      return row.next() && row.getBoolean(1);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private Array array(String[] texts) throws SQLException {
    return connection.createArrayOf("text", texts);
  }

  /** Back to the pool, which must not hand on a session that asks or listens, or is dead. */
  @Override
  public void close() throws SQLException {
    try (connection) {
      execute("select pg_advisory_unlock_all()");
      execute("unlisten *");
    }
  }
}
