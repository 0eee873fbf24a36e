package dev.longshore.edge.rest;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Everything that nobody foresaw, told apart by what the sender can do: the database away or busy,
 * so try again (503); the request broken off; or a fault of ours (500), logged under an id.
 */
@Provider
public class FailureMapper implements ExceptionMapper<Throwable> {

  private static final Logger LOG = Logger.getLogger(FailureMapper.class.getName());
  private static final int RETRY_SECONDS = 5;

  @Override
  public Response toResponse(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof SQLException e && isAway(e)) {
        LOG.log(
            Level.WARNING, "A request was answered 503, the database is away: {0}", e.getMessage());
        return later(
            "08001".equals(e.getSQLState())
                ? "The database cannot be reached; nothing was changed. Try again."
                : "The database went away meanwhile: whether the request took effect is not known."
                    + " Try again; with a uniqueKey that is safe.");
      }
      if (t instanceof SQLException e && isBusy(e)) {
        LOG.log(Level.INFO, "A request was answered 503: {0}", e.getMessage());
        return later(
            "The database ended this request in favour of another one; nothing was changed. Send"
                + " it again.");
      }
      if (t instanceof SQLException e && isRefused(e)) {
        return Problem.of(422, words(e)).response();
      }
      if (t instanceof IOException) {
        return Problem.of(400, "The request broke off; nothing was changed.").response();
      }
    }
    String id = UUID.randomUUID().toString().substring(0, 8);
    LOG.log(Level.SEVERE, "Failure " + id, failure);
    return Problem.of(500, "A fault of the server, logged there as failure " + id + ".").response();
  }

  private static Response later(String detail) {
    return Problem.of(503, detail).builder().header(HttpHeaders.RETRY_AFTER, RETRY_SECONDS).build();
  }

  /** Class 08 connections, 57P0x shut down or starting, 53300 too many connections. */
  private static boolean isAway(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    return e instanceof SQLNonTransientConnectionException
        || e instanceof SQLTransientConnectionException
        || state.startsWith("08")
        || state.startsWith("57P0")
        || state.equals("53300");
  }

  /**
   * What the database's own rules refuse, with a message for the sender: a trigger's, or a check.
   */
  private static boolean isRefused(SQLException e) {
    return "22023".equals(e.getSQLState()) || "23514".equals(e.getSQLState());
  }

  /** The driver's message is {@code ERROR: words}, and lines with hints and places after that. */
  private static String words(SQLException e) {
    return e.getMessage().lines().findFirst().orElse("").replaceFirst("^[A-Z]+: ", "");
  }

  /** Class 40 deadlock or serialization, 55P03 lock time-out. */
  private static boolean isBusy(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    return state.startsWith("40") || state.equals("55P03");
  }
}
