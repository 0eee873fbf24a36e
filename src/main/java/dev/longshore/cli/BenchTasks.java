package dev.longshore.cli;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/**
 * The tasks of one measurement, which have a queue of their own. They are submitted over REST and
 * watched in the database: counting them there costs less than asking the node, and its clock is
 * the one that all times are from.
 */
final class BenchTasks implements AutoCloseable {

  private static final int BATCH = 10_000;
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /**
   * Looking reads through what is dead in the index of the pending: up to 70 ms, in a long drain.
   */
  private static final int POLL_SHARE = 20;

  private final Api api;
  private final Connection connection;
  private final String queue;

  BenchTasks(BenchNode node, String queue) {
    this.api = node.api();
    this.connection = node.connect();
    this.queue = queue;
  }

  String queue() {
    return queue;
  }

  /** For statements of a scenario's own. */
  Connection connection() {
    return connection;
  }

  JsonObject task(JsonObject template) {
    return Json.createObjectBuilder(template).add("queue", queue).build();
  }

  static JsonObject template(String type, JsonValue payload) {
    return Json.createObjectBuilder().add("type", type).add("payload", payload).build();
  }

  /**
   * In bulk, ten thousand a request.
   *
   * @param templates a task's by its number, from 0 on
   */
  void submit(IntFunction<JsonObject> templates, int tasks) {
    JsonObject template = null;
    String line = null;
    for (int from = 0; from < tasks; from += BATCH) {
      StringBuilder lines = new StringBuilder();
      for (int i = from; i < Math.min(tasks, from + BATCH); i++) {
        JsonObject next = templates.apply(i);
        // Mostly they are one and the same: writing it again would be measured, too.
        line = next == template ? line : task(next) + "\n";
        template = next;
        lines.append(line);
      }
      api.postLines("api/tasks/bulk", lines.toString());
    }
  }

  void submitOne(JsonObject template) {
    api.post("api/tasks", task(template));
  }

  /** Returns when all have ended, or up to a second later. */
  void awaitSettled() {
    while (true) {
      long start = System.nanoTime();
      if (!anyUnfinished()) {
        return;
      }
      long pause = Math.max(POLL_NANOS, POLL_SHARE * (System.nanoTime() - start));
      LockSupport.parkNanos(Math.min(pause, TimeUnit.SECONDS.toNanos(1)));
    }
  }

  /** Seconds since the last of them ended, when all have. */
  double secondsSinceEnd() {
    return number(
        """
        select extract(epoch from statement_timestamp() - max(ended_at))
        from longshore.task where queue = ? and state in ('succeeded', 'failed', 'cancelled')
        """,
        1);
  }

  boolean anyUnfinished() {
    // By the indexes of what is pending and claimed: what has ended is not looked at.
    return query(
                """
            (select 1 from longshore.task where state = 'pending' and queue = ? limit 1)
            union all
            (select 1 from longshore.task
             where claim_id = any (array(select id from longshore.claim)) and queue = ? limit 1)
            """,
                queue,
                queue)
            .size()
        > 0;
  }

  /** Seconds from the first handler's start to the last task's end. */
  double drainSeconds() {
    return number(
        """
        select extract(epoch from
            (select max(ended_at) from longshore.task
             where queue = ? and state in ('succeeded', 'failed', 'cancelled'))
            - (select min(a.started_at) from longshore.attempt a join longshore.task t
               on t.id = a.task_id
               where t.queue = ? and t.state in ('succeeded', 'failed', 'cancelled')))
        """,
        2);
  }

  /** Tasks that ended otherwise than succeeded. */
  long failed() {
    return (long)
        number(
            "select count(*) from longshore.task where queue = ? and state in ('failed', 'cancelled')",
            1);
  }

  long count(String state) {
    return query(
            "select count(*) from longshore.task where queue = ? and state::text = ?", queue, state)
        .get(0)
        .longValue();
  }

  /**
   * Milliseconds from each task's insertion to its handler: of tasks of the type {@code effect},
   * whose handler writes the database's time.
   */
  List<Double> effectLatencies() {
    return query(
        """
        select extract(epoch from e.at - t.created_at) * 1000
        from longshore.task t join longshore.effect e on e.task_id = t.id
        where t.queue = ? and t.state = 'succeeded'
        """,
        queue);
  }

  /**
   * Milliseconds from the insertion of each task to the start of its first attempt, which is when
   * its claim was taken: before a long one's job, and before those ahead of a quick one in its
   * claim.
   */
  List<Double> startLatencies() {
    return startLatencies("");
  }

  /** The same of one type. */
  List<Double> startLatencies(String type) {
    return query(
        """
        select extract(epoch from min(a.started_at) - t.created_at) * 1000
        from longshore.task t join longshore.attempt a on a.task_id = t.id
        where t.queue = ? and ? in ('', t.type) and t.state in ('succeeded', 'failed', 'cancelled')
        group by t.id
        """,
        queue,
        type);
  }

  /** Attempts that began while another one of the same key was under way. */
  long overlaps() {
    return (long)
        number(
            """
            select count(*) from (
                select a.started_at,
                    lag(a.ended_at) over (partition by t.key order by a.started_at) as free
                from longshore.task t join longshore.attempt a on a.task_id = t.id
                where t.queue = ? and t.state in ('succeeded', 'failed', 'cancelled')) one
            where started_at < free
            """,
            1);
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
      throw BenchNode.failed(e);
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
