package dev.longshore.log.worker;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * One session that looks at the end of the log: often while there are new messages, and when there
 * are none it asks appenders to announce themselves, by the advisory lock that the trigger {@code
 * announce} (V020) tries. One node that asks is enough for all; under load there are no
 * notifications.
 */
class TailChannel implements AutoCloseable {

  private static final String LOOK =
      "select longshore.readable_messages(), longshore.last_message()";

  private static final String NEWS =
      "select name, max(id) from longshore.message where id > ? and id <= ? group by name";

  private static final String ASK = "select pg_try_advisory_lock(hashtext('longshore.log'))";
  private static final String CEASE = "select pg_advisory_unlock(hashtext('longshore.log'))";

  /** Of so many new messages the names are not asked for: every worker looks for itself. */
  private static final long MANY = 10_000;

  /** Between two looks, at first; it doubles with each that finds nothing. */
  private static final long FIRST = 5;

  private static final long LONGEST_WITH_NEWS = 10;

  /** Somebody has appended and not committed. */
  private static final long LONGEST_WITH_APPENDERS = 40;

  /** Another node asks, and might go without a word. */
  private static final long LONGEST_UNASKED = 1_000;

  /** Asleep: a sign of life, so that a connection that died in silence is noticed. */
  private static final long LONGEST_ASKED = 5_000;

  /** Looks may take a tenth of the time, however slow the database is. */
  private static final long SHARE = 10;

  private final Connection connection;
  private final PGConnection notifications;
  private final AtomicLong seen;
  private final AtomicLong told;
  private final Consumer<Map<String, Long>> news;
  private final PreparedStatement look;
  private final PreparedStatement names;
  private boolean asked;

  /** What a look has found. */
  private enum End {
    QUIET,
    /** Messages are on their way: their transactions are open. */
    APPENDING,
    NEWS
  }

  TailChannel(
      DataSource dataSource, AtomicLong seen, AtomicLong told, Consumer<Map<String, Long>> news)
      throws SQLException {
    this.seen = seen;
    this.told = told;
    this.news = news;
    connection = dataSource.getConnection();
    try {
      notifications = connection.unwrap(PGConnection.class);
      execute(
          "set application_name = 'longshore-log'"); // whoever looks at sessions tells them apart
      execute("listen longshore_log");
      look = connection.prepareStatement(LOOK);
      names = connection.prepareStatement(NEWS);
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * Tells what is new, for as long as the server runs.
   *
   * @throws SQLException when the connection is lost
   */
  void serve(BooleanSupplier stopped) throws SQLException {
    long pause = FIRST;
    while (!stopped.getAsBoolean()) {
      long since = System.nanoTime();
      End end = look();
      if (end == End.NEWS) {
        cease();
      } else if (end == End.QUIET && !asked) {
        asked = answer(ASK);
        if (asked) {
          pause = FIRST; // once more: somebody may have appended before, and told nobody
          continue;
        }
      }
      long longest = longest(end);
      long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
      pause = Math.min(pause, longest);
      if (notifiedWithin(Math.max(pause, SHARE * took))) {
        cease();
        pause = FIRST;
      } else {
        pause = Math.min(2 * pause, longest);
      }
    }
  }

  private long longest(End end) {
    return switch (end) {
      case NEWS -> LONGEST_WITH_NEWS;
      case APPENDING -> LONGEST_WITH_APPENDERS;
      case QUIET -> asked ? LONGEST_ASKED : LONGEST_UNASKED;
    };
  }

  private End look() throws SQLException {
    long readable;
    long last;
    try (ResultSet row = look.executeQuery()) {
      row.next();
      readable = row.getLong(1);
      last = row.getLong(2);
    }
    long before = seen.get();
    if (readable <= before) {
      return last > readable ? End.APPENDING : End.QUIET;
    }
    Map<String, Long> found = new HashMap<>();
    if (readable - before <= MANY) {
      names.setLong(1, before);
      names.setLong(2, readable);
      try (ResultSet rows = names.executeQuery()) {
        while (rows.next()) {
          found.put(rows.getString(1), rows.getLong(2));
        }
      }
    }
    seen.set(readable);
    if (!found.isEmpty() || readable - before > MANY) {
      news.accept(found);
    }
    told.set(readable);
    return End.NEWS;
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

  /** Back to the pool, which must not hand on a session that asks or listens, or is dead. */
  @Override
  public void close() throws SQLException {
    try (connection) {
      execute("select pg_advisory_unlock_all()");
      execute("reset application_name");
      execute("unlisten *");
    }
  }
}
