package dev.longshore.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A database on the server that all share.
 *
 * @param url JDBC, of this database
 */
record Database(String url, String user, String password) {

  /** Makes an empty one beside this, in the place of an earlier one of that name. */
  Database fresh(String name) throws SQLException {
    execute("drop database if exists " + name + " with (force)");
    execute("create database " + name);
    return new Database(url.replaceFirst("/[^/]*$", "/" + name), user, password);
  }

  void drop(String name) throws SQLException {
    execute("drop database if exists " + name + " with (force)");
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(url, user, password);
  }

  HikariDataSource pool(int connections) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername(user);
    config.setPassword(password);
    config.setMaximumPoolSize(connections);
    return new HikariDataSource(config);
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** What autovacuum would do after a while, so that it does not do so in a measurement. */
  void settle() throws SQLException {
    execute("vacuum analyze");
    execute("checkpoint");
  }

  /** Looks a hundred times a second until a query for the existence of work answers false. */
  void awaitNone(String exists) throws SQLException, InterruptedException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      while (isTrue(statement, exists)) {
        Thread.sleep(10);
      }
    }
  }

  private static boolean isTrue(Statement statement, String sql) throws SQLException {
    try (ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getBoolean(1);
    }
  }
}
