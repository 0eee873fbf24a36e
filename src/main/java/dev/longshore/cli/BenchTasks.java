package dev.longshore.cli;

import dev.longshore.local.Servers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The tasks of one measurement, which have a queue of their own, seen in the database: counting
 * them there costs less than asking the node, and its clock is the one that all times are from.
 */
final class BenchTasks implements AutoCloseable {

  private final Connection connection;
  private final String queue;

  BenchTasks(Servers servers, String queue) {
    this.queue = queue;
    try {
      connection =
          DriverManager.getConnection(servers.dbUrl(), servers.dbUser(), servers.dbPassword());
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  String queue() {
    return queue;
  }

  boolean anyUnfinished() {
    // By the index on state: what has ended is not looked at, however much it is.
    return query(
                """
            select 1 from longshore.task
            where state in ('pending', 'queued', 'ongoing') and queue = ? limit 1
            """,
                queue)
            .size()
        > 0;
  }

  /** Seconds from the first handler's start to the last task's end. */
  double drainSeconds() {
    return number(
        """
        select extract(epoch from
            (select max(ended_at) from longshore.task where queue = ?)
            - (select min(a.started_at) from longshore.attempt a join longshore.task t
               on t.id = a.task_id where t.queue = ?))
        """,
        2);
  }

  long failed() {
    return (long)
        number("select count(*) from longshore.task where queue = ? and state <> 'succeeded'", 1);
  }

  /** Milliseconds from each task's insertion to the start of its first attempt. */
  List<Double> startLatencies() {
    return query(
        """
        select extract(epoch from min(a.started_at) - t.created_at) * 1000
        from longshore.task t join longshore.attempt a on a.task_id = t.id
        where t.queue = ? group by t.id
        """,
        queue);
  }

  private double number(String sql, int parameters) {
    String[] queues = new String[parameters];
    Arrays.fill(queues, queue);
    return query(sql, queues).get(0);
  }

  private List<Double> query(String sql, String... parameters) {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      List<Double> found = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getDouble(1));
        }
      }
      return found;
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private static CommandException failed(SQLException e) {
    return new CommandException(
        Longshore.BAD_INPUT, "The database cannot be measured: " + e.getMessage());
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      // The process ends next.
    }
  }
}
