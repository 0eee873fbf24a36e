package dev.longshore.cli;

import dev.longshore.local.Home;
import dev.longshore.local.Servers;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** The node under measurement: its REST, its database, and who is told what goes on. */
final class BenchNode {

  private final Home home;
  private final Servers servers;
  private final Api api;
  private final Console console;

  /**
   * @throws CommandException when the home's node is not ready
   */
  BenchNode(Home home, Longshore longshore) {
    this.home = home;
    this.servers = Servers.read(home.serversEnv());
    if (servers.dbUrl() == null || !Files.exists(home.url())) {
      throw new CommandException(
          Longshore.BAD_INPUT, "The node in " + home.path() + " is not ready yet: wait for it.");
    }
    this.api = Api.of(longshore.settings);
    this.console = longshore.console;
  }

  Home home() {
    return home;
  }

  Api api() {
    return api;
  }

  void say(String line) {
    console.say(line);
  }

  /** A session of one's own, each statement its own transaction. */
  Connection connect() {
    try {
      return DriverManager.getConnection(servers.dbUrl(), servers.dbUser(), servers.dbPassword());
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /** Tasks in a queue of their own. */
  BenchTasks tasks(String name) {
    return new BenchTasks(this, "bench-" + name + "-" + System.currentTimeMillis());
  }

  static CommandException failed(SQLException e) {
    return new CommandException(
        Longshore.BAD_INPUT, "The database cannot be measured: " + e.getMessage());
  }
}
