package dev.longshore.workload.issue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.flywaydb.core.Flyway;

/** A database of its own, migrated or not yet, on a PostgreSQL that the tests of one run share. */
final class IssueDatabase implements AutoCloseable {

  // Held, so that the level is not collected with its logger: adopting says a lot at INFO.
  private static final Logger FLYWAY = Logger.getLogger("org.flywaydb");

  static {
    FLYWAY.setLevel(Level.SEVERE);
  }

  private static EmbeddedPostgres server;
  private static int count;

  private final String url;
  private final List<Connection> open = new ArrayList<>();

  private IssueDatabase(String url) {
    this.url = url;
  }

  static IssueDatabase migrated() throws SQLException {
    IssueDatabase database = empty();
    database.migrate();
    return database;
  }

  static synchronized IssueDatabase empty() throws SQLException {
    if (server == null) {
      try {
        server =
            EmbeddedPostgres.builder().setServerConfig("listen_addresses", "127.0.0.1").start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    String name = "issues" + ++count;
    try (Connection connection =
            DriverManager.getConnection(server.getJdbcUrl("postgres", "postgres"));
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + name);
    }
    return new IssueDatabase(server.getJdbcUrl("postgres", name));
  }

  void migrate() {
    Flyway.configure()
        .dataSource(url, null, null)
        .locations("filesystem:migrations")
        .schemas("longshore")
        .table("schema_version")
        .placeholderReplacement(false)
        .load()
        .migrate();
  }

  /** A session of a program's own, closed with the database. */
  Connection connect() throws SQLException {
    Connection connection = DriverManager.getConnection(url);
    open.add(connection);
    run(connection, "set lock_timeout = '5s'"); // what waits for a lock for ever is wrong
    return connection;
  }

  /** Runs a statement and answers its first row's columns joined by {@code |}; null for no row. */
  static String run(Connection connection, String sql, Object... parameters) throws SQLException {
    List<String> rows = rows(connection, sql, parameters);
    return rows.isEmpty() ? null : rows.get(0);
  }

  static List<String> rows(Connection connection, String sql, Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      List<String> found = new ArrayList<>();
      if (!statement.execute()) {
        return found;
      }
      try (ResultSet rows = statement.getResultSet()) {
        while (rows.next()) {
          List<String> columns = new ArrayList<>();
          for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
            columns.add(String.format(Locale.ROOT, "%s", rows.getObject(i)));
          }
          found.add(String.join("|", columns));
        }
      }
      return found;
    }
  }

  @Override
  public void close() throws SQLException {
    for (Connection connection : open) {
      connection.close();
    }
  }
}
