package dev.longshore.engine.claim;

import dev.longshore.db.Listener;
import dev.longshore.db.Listener.Found;
import dev.longshore.task.Lane;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;

/** One session that looks for work that the claimer may not know of, or hears of it (V054). */
class WakeUpChannel implements AutoCloseable {

  /** A row for each lane. */
  private static final String LOOK =
      """
      -- While half as many claims as there are slots wait in the broker none is idle, and each that falls
      -- free wakes the claimer.
      select l.lane, l.due or n.news,
          coalesce(l.due and 2 * l.claims <= 3 * l.slots, false) or n.news,
          (select last_value from longshore.task_id_seq)
      from (
          select o.lane, exists (
                  select 1
                  from (
                      select type, queue, priority, coalesce(f.run_at, '-infinity') as run_at,
                          coalesce(f.id, 0) as id
                      from longshore.route
                      left join unnest(?::text[], ?::text[], ?::int[], ?::timestamptz[], ?::bigint[])
                          as f (type, queue, priority, run_at, id) using (type, queue, priority)
                      where type = any (o.types)) r,
                      lateral (
                          select 1 from longshore.task t
                          where t.state = 'pending' and t.held is null and t.type = r.type
                            and t.queue = r.queue and t.priority = r.priority and t.run_at <= now()
                            and (t.run_at, t.id) > (r.run_at, r.id)
                          order by t.run_at, t.id limit 1) x
                  -- What may be closed as a whole is no reason to look again and again.
                  where not exists (
                        select 1 from longshore.queue q where q.name = r.queue and q.whole)
                    and not exists (
                        select 1 from longshore.task_type y where y.name = r.type and y.whole)) as due,
              (select count(*) from longshore.claim c
               where c.id >= ? and c.lane = o.lane and c.lease_until is null) as claims,
              (select sum(case o.lane when 'long' then w.long_slots else w.quick_slots end)
               from longshore.worker w
               where w.state = 'active' and w.lease_until > clock_timestamp()) as slots
          from (values ('long', ?::text[]), ('quick', ?::text[])) o (lane, types)) l,
          (select exists (select 1 from longshore.prerequisite_news)) n (news)
      """;

  /** So many new tasks between two looks are a stream of them. */
  private static final long STREAM = 2;

  /** Looks may take a twentieth of the time. */
  private static final long SHARE = 20;

  /** A look from the start that costs no more is not worth leaving out. */
  private static final long CHEAP_NANOS = 2_000_000;

  /** Something is due, and there is room for its claims. */
  private static final Found DUE = new Found(true, 20);

  /**
   * Something is due and has to wait for a slot: one that falls free wakes the claimer, not this.
   */
  private static final Found FULL = new Found(true, 100);

  /** Nothing is due, but so much comes in that looking costs less than being told. */
  private static final Found COMING = new Found(true, 20);

  /** The claim of what was announced is under way, and a look would stand in its way. */
  private static final Found LATER = new Found(false, 5);

  private final Listener listener;
  private final Claimer claimer;
  private final PreparedStatement look;
  private final String[] longTypes;
  private final String[] quickTypes;
  private long lastTask = Long.MAX_VALUE;
  private long nextSweep = System.nanoTime();
  private boolean told;
  private boolean later;

  WakeUpChannel(DataSource dataSource, Claimer claimer, String[] longTypes, String[] quickTypes)
      throws SQLException {
    this.claimer = claimer;
    this.longTypes = longTypes;
    this.quickTypes = quickTypes;
    listener = new Listener(dataSource, "longshore_work", "longshore.wake", SHARE);
    try {
      listener.execute("set enable_sort = off"); // as Claim does, and for its reason
      look = listener.connection().prepareStatement(LOOK);
    } catch (SQLException | RuntimeException e) {
      listener.connection().close();
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
    // A look does not see all that may be announced: what has a limit, or stands before where it
    // begins.
    listener.serve(this::look, this::announced, stopped);
  }

  /** By types, as V054 has it; where there are several, or none is known, by an empty text. */
  private void announced(List<String> types) {
    told = true;
    if (types.contains("")) {
      claimer.wake();
      return;
    }
    if (!Collections.disjoint(types, Arrays.asList(longTypes))) {
      claimer.wake(Lane.LONG);
    }
    if (!Collections.disjoint(types, Arrays.asList(quickTypes))) {
      claimer.wake(Lane.QUICK);
    }
  }

  /**
   * From where claims have ended, as they do ({@link Cursor}); from the start of everything where
   * that costs little, and seldom where it does not.
   */
  private Found look() throws SQLException {
    later = told && !later; // not again and again: a stream of announcements is to be seen
    told = false;
    if (later) {
      return LATER;
    }
    long began = System.nanoTime();
    boolean sweep = began - nextSweep >= 0;
    bind(claimer.starts(sweep));
    Found found = ask();
    if (sweep) {
      long now = System.nanoTime();
      nextSweep = now + (now - began > CHEAP_NANOS ? SHARE * (now - began) : 0);
    }
    return found;
  }

  private void bind(Object[] starts) throws SQLException {
    look.setArray(1, array(starts[0]));
    look.setArray(2, array(starts[1]));
    look.setArray(3, listener.connection().createArrayOf("int", (Object[]) starts[2]));
    look.setArray(4, array(starts[3]));
    look.setArray(5, listener.connection().createArrayOf("bigint", (Object[]) starts[4]));
    look.setLong(6, claimer.oldestClaim());
    look.setArray(7, array(longTypes));
    look.setArray(8, array(quickTypes));
  }

  private Found ask() throws SQLException {
    boolean due = false;
    boolean waits = false;
    long last = lastTask;
    try (ResultSet row = look.executeQuery()) {
      while (row.next()) {
        due |= row.getBoolean(2);
        last = row.getLong(4);
        if (row.getBoolean(3)) {
          claimer.wake(Lane.of(row.getString(1)));
          waits = true;
        }
      }
    }
    boolean coming = last - lastTask >= STREAM;
    lastTask = last;
    return waits ? DUE : due ? FULL : coming ? COMING : Listener.NOTHING;
  }

  private Array array(Object texts) throws SQLException {
    return listener.connection().createArrayOf("text", (Object[]) texts);
  }

  @Override
  public void close() throws SQLException {
    listener.close();
  }
}
