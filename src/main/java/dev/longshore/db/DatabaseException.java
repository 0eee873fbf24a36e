package dev.longshore.db;

import java.sql.SQLException;

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

  /** An earlier statement of the transaction failed: none succeeds until it is rolled back. */
  public boolean isTransactionAborted() {
    return "25P02".equals(sqlState);
  }
}
