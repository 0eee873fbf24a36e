package dev.longshore.db;

import java.lang.reflect.Field;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.PGStream;
import org.postgresql.core.QueryExecutorBase;

/**
 * Behind an announcement the driver waits a millisecond for another one, which on an idle system
 * was a fifth of what a task waits for. {@code PGStream.hasMessagePending} (42.7) does not wait
 * while its next look at the socket is due later, and nothing public says when that is.
 */
final class Linger {

  private static final Logger LOG = Logger.getLogger(Linger.class.getName());

  private Linger() {}

  /**
   * With a driver that is built in another way, nothing changes.
   *
   * @return whether it is not
   */
  static boolean leaveOut(Connection connection) {
    try {
      Field stream = QueryExecutorBase.class.getDeclaredField("pgStream");
      stream.setAccessible(true);
      Field nextLook = PGStream.class.getDeclaredField("nextStreamAvailableCheckTime");
      nextLook.setAccessible(true);
      nextLook.setLong(
          stream.get(connection.unwrap(BaseConnection.class).getQueryExecutor()), Long.MAX_VALUE);
      return true;
    } catch (ReflectiveOperationException | SQLException | RuntimeException e) {
      LOG.log(Level.INFO, "New tasks are heard of a millisecond later with this driver ({0}).", e);
      return false;
    }
  }
}
