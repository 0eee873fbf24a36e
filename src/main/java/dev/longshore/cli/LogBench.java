package dev.longshore.cli;

import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code log}: event workers. How soon an idle worker handles a message, how many messages one
 * worker handles a second, how far a hundred workers of ten handlers are behind 1,000 messages a
 * second, and what they cost while the log is quiet. The node has the diagnostic workers {@code
 * load-1} to {@code load-100}. With less than some ten thousand messages all of it is shorter.
 */
final class LogBench {

  private static final int WORKERS = 100;

  /** What a node needs to be measured. */
  static final Map<String, String> SETTINGS =
      Map.of("LONGSHORE_DIAGNOSTICS_EVENT_WORKERS", Integer.toString(WORKERS));

  private static final int HANDLERS = 10;
  private static final int WARM_UP = 50;
  private static final int SINGLES = 100;
  private static final int SINGLES_PER_SECOND = 10;
  private static final int PER_SECOND = 1_000;
  private static final int WARM_UP_SECONDS = 20;
  private static final int SECONDS = 20;
  private static final int QUIET_SECONDS = 30;
  private static final int ROUNDS_PER_SECOND = 50;
  private static final int BATCH = 5_000;

  private static final String LATENCIES =
      """
      select extract(epoch from e.at - m.created_at)::float8 * 1000
      from longshore.effect_message e join longshore.message m on m.id = e.message_id
      where m.id > ? and m.name = 'diagnostic/effect'
      """;

  /** How old the oldest message is that its worker has not committed. */
  private static final String LAG =
      """
      select coalesce(extract(epoch from clock_timestamp() - min(m.created_at)), 0)::float8 * 1000
      from longshore.event_worker e join longshore.message m
          on m.name = any(e.messages) and m.id > e.position and m.id > ?
      where e.name like 'load-%'
      """;

  private static final String OWNED =
      "select count(owner) from longshore.event_worker where name = 'load-1'";

  private LogBench() {}

  static JsonObjectBuilder run(BenchNode node, BenchWork work) {
    int singles = Math.min(SINGLES, work.tasks());
    int thousands = Math.max(1, work.tasks() / 1_000);
    int loaded = Math.min(SECONDS, thousands);
    int quiet = Math.min(QUIET_SECONDS, thousands);
    try (Connection connection = node.connect()) {
      JsonObjectBuilder found = Json.createObjectBuilder().add("messages", work.tasks());
      node.say("One by one, to an idle worker.");
      singles(connection, Math.min(WARM_UP, work.tasks()));
      List<Double> latencies = singles(connection, singles);
      found.add("idleMillis", new Percentiles(latencies).toJson());
      node.say(work.tasks() + " messages to one worker, twice: the first time to warm up.");
      oneWorker(connection, work.tasks());
      found.add("oneWorkerPerSecond", Percentiles.round(oneWorker(connection, work.tasks())));
      node.say("As many that were there before the worker.");
      found.add("backlogPerSecond", Percentiles.round(backlog(connection, work.tasks())));
      node.say(PER_SECOND + " messages a second to " + WORKERS + " workers, " + loaded + " s.");
      found.add("workers", WORKERS).add("handlersEach", HANDLERS);
      manyWorkers(connection, Math.min(WARM_UP_SECONDS, loaded));
      Cpu before = Cpu.now(node.home());
      long began = System.nanoTime();
      Percentiles lags = new Percentiles(manyWorkers(connection, loaded));
      double seconds = seconds(began);
      found.add("appendedPerSecond", Percentiles.round(loaded * PER_SECOND / seconds));
      found.add("lagMillis", lags.toJson());
      addCpu(found, "cpuUnderLoad", before, node, seconds);
      node.say("The log is quiet.");
      // The jobs end, what was measured is written down, and the compilers come to their end.
      pause(TimeUnit.SECONDS.toMillis(quiet));
      Cpu calm = Cpu.now(node.home());
      pause(TimeUnit.SECONDS.toMillis(quiet));
      addCpu(found, "cpuWhenQuiet", calm, node, quiet);
      return found.add("failed", singles - latencies.size());
    } catch (SQLException e) {
      throw BenchNode.failed(e);
    }
  }

  static boolean hasWorkers(BenchNode node) {
    try (Connection connection = node.connect()) {
      return number(
              connection,
              """
              select count(*) from longshore.event_worker
              where name like 'load-%' and owner is not null
              """)
          >= WORKERS;
    } catch (SQLException e) {
      throw BenchNode.failed(e);
    }
  }

  /** From each message's insert to its handler's. */
  private static List<Double> singles(Connection connection, int count) throws SQLException {
    long before = last(connection);
    Pacer pacer = new Pacer(SINGLES_PER_SECOND);
    for (int i = 0; i < count; i++) {
      pacer.await();
      execute(connection, "select longshore.append('diagnostic/effect', '{\"name\": \"bench\"}')");
    }
    awaitPosition(connection, "diagnostic", last(connection));
    List<Double> found = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(LATENCIES)) {
      query.setLong(1, before);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          found.add(row.getDouble(1));
        }
      }
    }
    return found;
  }

  /** From the first append to the last commit of the worker; appending is part of it. */
  private static double oneWorker(Connection connection, int messages) throws SQLException {
    long began = System.nanoTime();
    append(connection, messages);
    awaitPosition(connection, "load-1", last(connection));
    return messages / seconds(began);
  }

  /** The worker alone, from its first commit to its last: the log was there before. */
  private static double backlog(Connection connection, int messages) throws SQLException {
    want(connection, "stopped");
    while (number(connection, OWNED) > 0) {
      pause(20);
    }
    double position = position(connection, "load-1");
    append(connection, messages);
    want(connection, "running");
    double first;
    do {
      pause(1);
      first = position(connection, "load-1");
    } while (first <= position);
    long began = System.nanoTime();
    double last = last(connection);
    awaitPosition(connection, "load-1", (long) last);
    return (last - first) / seconds(began);
  }

  private static void want(Connection connection, String wanted) throws SQLException {
    execute(
        connection,
        "update longshore.event_worker set wanted = '%s' where name = 'load-1'".formatted(wanted));
  }

  private static void append(Connection connection, int messages) throws SQLException {
    for (int left = messages; left > 0; left -= BATCH) {
      execute(
          connection,
          """
          select longshore.append_many(jsonb_agg(jsonb_build_object('name', 'load-1/0',
              'payload', jsonb_build_object('n', n)))) from generate_series(1, %d) n
          """
              .formatted(Math.min(left, BATCH)));
    }
  }

  private static List<Double> manyWorkers(Connection connection, int seconds) throws SQLException {
    long before = last(connection);
    List<Double> lags = new ArrayList<>();
    Pacer pacer = new Pacer(ROUNDS_PER_SECOND);
    int each = PER_SECOND / ROUNDS_PER_SECOND;
    try (PreparedStatement lag = connection.prepareStatement(LAG)) {
      lag.setLong(1, before);
      for (int round = 0; round < seconds * ROUNDS_PER_SECOND; round++) {
        pacer.await();
        for (int i = 0; i < each; i++) {
          int n = round * each + i;
          execute(
              connection,
              "select longshore.append('load-%d/%d', '{\"n\": %d}')"
                  .formatted(1 + n % WORKERS, n / WORKERS % HANDLERS, n));
        }
        if (round % 25 == 24) {
          lags.add(number(lag));
        }
      }
    }
    return lags;
  }

  private static void awaitPosition(Connection connection, String worker, long position)
      throws SQLException {
    while (position(connection, worker) < position) {
      pause(5);
    }
  }

  private static double position(Connection connection, String worker) throws SQLException {
    return number(
        connection, "select position from longshore.event_worker where name = '" + worker + "'");
  }

  private static long last(Connection connection) throws SQLException {
    return (long) number(connection, "select longshore.last_message()");
  }

  private static void addCpu(
      JsonObjectBuilder found, String name, Cpu before, BenchNode node, double seconds) {
    JsonObjectBuilder percent = Json.createObjectBuilder();
    Cpu.now(node.home())
        .since(before)
        .forEach((server, used) -> addPercent(percent, server, used, seconds));
    found.add(name, percent);
  }

  /** Of one core. */
  private static void addPercent(
      JsonObjectBuilder percent, String server, OptionalDouble used, double seconds) {
    if (used.isPresent()) {
      percent.add(server, Percentiles.round(100 * used.getAsDouble() / seconds));
    } else {
      percent.addNull(server);
    }
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  private static void pause(long millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static double number(Connection connection, String sql) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      return number(query);
    }
  }

  private static double number(PreparedStatement query) throws SQLException {
    try (ResultSet row = query.executeQuery()) {
      row.next();
      return row.getDouble(1);
    }
  }
}
