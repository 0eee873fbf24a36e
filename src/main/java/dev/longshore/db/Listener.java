package dev.longshore.db;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * One session that looks for something new, often while there is something, and that is told of it
 * when there is nothing: then it asks writers to announce themselves, by an advisory lock that
 * their trigger tries. One node that asks is enough for all; under load there are no notifications.
 */
public final class Listener implements AutoCloseable {

  /** Between two looks, at first; it doubles with each. */
  private static final long FIRST = 5;

  /** Another node asks, and might go without a word. */
  private static final long LONGEST_UNASKED = 1_000;

  /** Asleep: a sign of life, so that a connection that died in silence is noticed. */
  private static final long LONGEST_ASKED = 5_000;

  /** There is nothing: writers may be asked to announce themselves. */
  public static final Found NOTHING = new Found(false, 0);

  /**
   * What a look has found.
   *
   * @param busy whether writers need announce nothing, since it is looked often
   * @param longestMillis how long to wait for the next look at most
   */
  public record Found(boolean busy, long longestMillis) {}

  /** A look. */
  @FunctionalInterface
  public interface Look {
    Found look() throws SQLException;
  }

  private final String lock;
  private final long share;
  private final Connection connection;
  private final PGConnection notifications;
  private boolean asked;

  /**
   * Opens the session.
   *
   * @param channel what the trigger notifies
   * @param lock the name of the lock that it tries
   * @param share looks may take one such part of the time, however slow the database is
   */
  public Listener(DataSource dataSource, String channel, String lock, long share)
      throws SQLException {
    this.lock = lock;
    this.share = share;
    connection = dataSource.getConnection();
    try {
      notifications = connection.unwrap(PGConnection.class);
      Linger.leaveOut(connection);
      execute("listen " + channel);
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /** The session, for the statements of looks. */
  public Connection connection() {
    return connection;
  }

  /**
   * Looks again and again, and at once when somebody has announced something.
   *
   * @param notified is told of announcements, by what they carry, before that look
   * @throws SQLException when the connection is lost
   */
  public void serve(Look looks, Consumer<List<String>> notified, BooleanSupplier stopped)
      throws SQLException {
    long pause = FIRST;
    while (!stopped.getAsBoolean()) {
      long since = System.nanoTime();
      Found found = looks.look();
      if (found.busy) {
        cease();
      } else if (found == NOTHING && !asked) {
        asked = answer("select pg_try_advisory_lock(hashtext('" + lock + "'))");
        if (asked) {
          // Once more: somebody may have written before, and told nobody. What is written and not
          // committed is found by the looks at growing intervals that follow.
          pause = FIRST;
          continue;
        }
      }
      long longest =
          found == NOTHING ? asked ? LONGEST_ASKED : LONGEST_UNASKED : found.longestMillis;
      long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
      pause = Math.min(pause, longest);
      List<String> announced = announcedWithin(Math.max(pause, share * took));
      if (!announced.isEmpty()) {
        // Where the next look finds a stream of it, the writers need announce nothing any more.
        notified.accept(announced);
        pause = FIRST;
      } else {
        pause = Math.min(2 * pause, longest);
      }
    }
  }

  public void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Back to the pool, which must not hand on a session that asks or listens, or is dead. */
  @Override
  public void close() throws SQLException {
    try (connection) {
      execute("select pg_advisory_unlock_all()");
      execute("unlisten *");
    }
  }

  private List<String> announcedWithin(long millis) throws SQLException {
    PGNotification[] some = notifications.getNotifications((int) Math.min(millis, LONGEST_ASKED));
    return some == null
        ? List.of()
        : Arrays.stream(some).map(PGNotification::getParameter).distinct().toList();
  }

  private void cease() throws SQLException {
    if (asked) {
      asked = false;
      answer("select pg_advisory_unlock(hashtext('" + lock + "'))");
    }
  }

  private boolean answer(String question) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(question)) {
      return row.next() && row.getBoolean(1);
    }
  }
}
