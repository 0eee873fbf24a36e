package dev.longshore.bench;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * No engine: a session claims a hundred rows, commits, completes them, commits. Four at once, which
 * is what both cores can do, and one, where graphile-worker comes to what the design says of it.
 */
final class SqlFloor implements Contestant {

  private static final int SESSIONS = 4;

  private static final String SCHEMA =
      """
      create table task (
          id bigint generated always as identity primary key,
          type text not null default 'noop',
          state text not null default 'pending',
          priority smallint not null default 4,
          payload jsonb not null default '{}',
          run_at timestamptz not null default now(),
          created_at timestamptz not null default clock_timestamp(),
          ended_at timestamptz
      ) with (fillfactor = 80);
      create index task_due on task (priority desc, run_at, id) where state = 'pending';
      """;

  private static final String CLAIM =
      """
      update task set state = 'ongoing' where id in (
          select id from task where state = 'pending' order by priority desc, run_at, id
          limit 100 for update skip locked)
      returning id, payload
      """;

  private static final String COMPLETE =
      "update task set state = 'succeeded', ended_at = clock_timestamp() where id = any (?)";

  @Override
  public String name() {
    return "sql-floor";
  }

  @Override
  public Map<String, Double> perSecond(Database database, Counts counts) throws Exception {
    database.execute(SCHEMA);
    return Map.of(
        "tasks",
            counts.tasks() / Contestant.median(() -> drain(database, counts.tasks(), SESSIONS)),
        "tasksOfOneSession",
            counts.tasks() / Contestant.median(() -> drain(database, counts.tasks(), 1)));
  }

  private static double drain(Database database, int tasks, int atOnce) throws Exception {
    database.execute(
        "insert into task (type) select 'noop' from generate_series(1, " + tasks + ")");
    database.settle();
    ExecutorService sessions = Executors.newFixedThreadPool(atOnce);
    try {
      long start = System.nanoTime();
      List<Future<?>> ends = new ArrayList<>();
      for (int i = 0; i < atOnce; i++) {
        ends.add(
            sessions.submit(
                () -> {
                  work(database);
                  return null;
                }));
      }
      for (Future<?> end : ends) {
        end.get();
      }
      return (System.nanoTime() - start) / 1e9;
    } finally {
      sessions.shutdown();
    }
  }

  private static void work(Database database) throws SQLException {
    try (Connection connection = database.connect();
        PreparedStatement claim = connection.prepareStatement(CLAIM);
        PreparedStatement complete = connection.prepareStatement(COMPLETE)) {
      while (true) {
        List<Long> claimed = new ArrayList<>();
        try (ResultSet rows = claim.executeQuery()) {
          while (rows.next()) {
            claimed.add(rows.getLong(1));
          }
        }
        if (claimed.isEmpty()) {
          return;
        }
        Array ids = connection.createArrayOf("bigint", claimed.toArray());
        complete.setArray(1, ids);
        complete.executeUpdate();
      }
    }
  }
}
