package dev.longshore.cli;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Tasks that ended during the last ten days, written straight into the table: four types and ten
 * queues, 100,000 keys, one in a hundred failed and one in two hundred cancelled, both of {@code
 * sleep} and {@code effect} only, so that a filter for a state and a type may find nothing. Without
 * attempts and job executions: neither is read on the way of a task or for a page.
 */
final class HistoryRows implements AutoCloseable {

  static final String QUEUE = "bench-history-";
  static final int QUEUES = 10;
  static final int KEYS = 100_000;

  private static final int SLICE = 200_000;

  private static final String FILL =
      """
      insert into longshore.task (type, queue, state, priority, payload, key, runs, attempts, max_attempts,
          run_at, created_at, started_at, ended_at, worker)
      select (array['noop', 'sleep', 'effect', 'steps'])[1 + (i / 10) %% 4], '%s' || i %% %d,
          (case when (i / 10) %% 4 not in (1, 2) then 'succeeded' when i %% 1000 < 20 then 'failed'
                when i %% 1000 < 30 then 'cancelled' else 'succeeded' end)::longshore.task_state,
          4, jsonb_build_object('number', i), 'k' || i %% %d, 1, 1, 5, at, at, at, at + interval '10 ms', 'bench'
      from generate_series(?::bigint, ?::bigint) i,
          lateral (select now() - interval '10 days' * (1 - i / ?::float8) as at)
      """
          .formatted(QUEUE, QUEUES, KEYS);

  private static final String REMOVE =
      """
      delete from longshore.task where id in (
          select id from longshore.task
          where state in ('succeeded', 'failed', 'cancelled')
            and type in ('noop', 'sleep', 'effect', 'steps') and queue = ?
          limit ?)
      """;

  /** What the trigger does that is switched off then. */
  private static final String REMOVE_WITHOUT_TRIGGERS =
      "with gone as ("
          + REMOVE
          + """
             returning queue),
          noted as (
              insert into longshore.task_count_change
              select queue, -count(*) from gone group by queue)
          select count(*) from gone
          """;

  private final BenchNode node;
  private final Connection connection;

  HistoryRows(BenchNode node) {
    this.node = node;
    this.connection = node.connect();
  }

  /** Makes the rows, and what autovacuum would have done by the time that history is one. */
  void fill(int rows) {
    try (PreparedStatement insert = connection.prepareStatement(FILL)) {
      for (int from = 1; from <= rows; from += SLICE) {
        insert.setLong(1, from);
        insert.setLong(2, Math.min(rows, from + SLICE - 1L));
        insert.setLong(3, rows);
        insert.executeUpdate();
      }
    } catch (SQLException e) {
      throw BenchNode.failed(e);
    }
    vacuum();
  }

  /** The first and the last of the history's ids. */
  long[] ids() {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select min(id), max(id) from longshore.task where queue = '"
                    + QUEUE
                    + "0' and state in ('succeeded', 'failed', 'cancelled')")) {
      row.next();
      return new long[] {row.getLong(1), row.getLong(2)};
    } catch (SQLException e) {
      throw BenchNode.failed(e);
    }
  }

  /** Takes away what this or an earlier, interrupted measurement made; answers how many. */
  long remove() {
    boolean triggers = !switchTriggers("replica");
    long removed = 0;
    try (PreparedStatement delete =
        connection.prepareStatement(triggers ? REMOVE : REMOVE_WITHOUT_TRIGGERS)) {
      for (int queue = 0; queue < QUEUES; queue++) {
        delete.setString(1, QUEUE + queue);
        delete.setInt(2, SLICE);
        long some;
        do {
          some = triggers ? delete.executeUpdate() : count(delete);
          removed += some;
        } while (some > 0);
      }
    } catch (SQLException e) {
      throw BenchNode.failed(e);
    } finally {
      switchTriggers("origin");
    }
    if (removed > 0) {
      vacuum();
    }
    return removed;
  }

  private static long count(PreparedStatement delete) throws SQLException {
    try (ResultSet row = delete.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  /**
   * For a superuser removal need not look for each row's attempts, executions and whatever else may
   * belong to a task: these rows have none of it. It takes two minutes so, and a quarter of an hour
   * otherwise.
   */
  private boolean switchTriggers(String role) {
    try (Statement statement = connection.createStatement()) {
      statement.execute("set session_replication_role = " + role);
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private void vacuum() {
    try (Statement statement = connection.createStatement()) {
      statement.execute("vacuum (analyze) longshore.task");
      statement.execute("checkpoint");
    } catch (SQLException e) {
      node.say("The database did not let itself be tidied, figures may vary: " + e.getMessage());
    }
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
