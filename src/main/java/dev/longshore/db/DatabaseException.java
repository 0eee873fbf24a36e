package dev.longshore.db;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.util.function.Predicate;

/** PostgreSQL refused a statement or could not be reached. Rolls the caller's transaction back. */
public class DatabaseException extends RuntimeException {

  private final String sqlState;

  public DatabaseException(SQLException cause) {
    super(cause.getMessage(), cause);
    this.sqlState = cause.getSQLState();
  }

  /**
   * The SQLSTATE, such as {@code 23505} for a unique violation; {@code null} when none was given.
   */
  public String sqlState() {
    return sqlState;
  }

  public boolean isUniqueViolation() {
    return "23505".equals(sqlState);
  }

  /** A value that no other try will make fit: SQLSTATE classes 22 and 23. */
  public boolean isBadData() {
    return sqlState != null && (sqlState.startsWith("22") || sqlState.startsWith("23"));
  }

  /** SQLSTATE class 23. */
  public boolean isConstraintViolation() {
    return sqlState != null && sqlState.startsWith("23");
  }

  /**
   * It is PostgreSQL's own: it cannot be reached, goes down, or lacks room. SQLSTATE classes 08,
   * 53, 58, XX and 57P, or none.
   */
  public boolean isOutage() {
    return sqlState == null || sqlState.matches("(08|53|58|XX|57P).*");
  }

  /**
   * No session was to be had, since there were too many or PostgreSQL was not up: nothing was at
   * work on it.
   */
  public static boolean isWithoutSession(Throwable failure) {
    return isOfOne(
        failure,
        sql ->
            sql instanceof SQLTransientConnectionException
                || sql.getSQLState() != null
                    && sql.getSQLState().matches("53...|08001|08004|57P03"));
  }

  /** Somebody else's lock was waited for as long as {@code lock_timeout} says. */
  public boolean isLockTimeout() {
    return "55P03".equals(sqlState);
  }

  /** An earlier statement of the transaction failed: none succeeds until it is rolled back. */
  public boolean isTransactionAborted() {
    return "25P02".equals(sqlState);
  }

  /** Whether a connection failed, and not what was asked over it; looks at all causes. */
  public static boolean isAway(Throwable failure) {
    return isOfOne(failure, DatabaseException::isAway);
  }

  /** Whether it, or one of its causes, is such an exception. */
  private static boolean isOfOne(Throwable failure, Predicate<SQLException> such) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && such.test(sql)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAway(SQLException failure) {
    String state = failure.getSQLState();
    return failure instanceof SQLRecoverableException
        || failure instanceof SQLTransientConnectionException
        || failure instanceof SQLNonTransientConnectionException
        || state != null
            // connection exceptions; shut down, crashed or starting; too many connections
            && (state.startsWith("08") || state.startsWith("57P0") || state.equals("53300"));
  }
}
