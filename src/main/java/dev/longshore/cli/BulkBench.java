package dev.longshore.cli;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Collections;

/**
 * {@code bulk}: submission in bulk and nothing else, of tasks that are due tomorrow and are
 * cancelled again.
 *
 * <dl>
 *   <dt>{@code restPerSecond}
 *   <dd>all tasks as NDJSON in one request
 *   <dt>{@code sqlPerSecond}
 *   <dd>{@code longshore.enqueue_many}, 10,000 payloads a statement, one after the other in one
 *       session
 *   <dt>{@code cancelPerSecond}
 *   <dd>both lots, by one request with a filter each
 * </dl>
 */
final class BulkBench {

  private static final int PER_STATEMENT = 10_000;

  private static final String ENQUEUE_MANY =
      "select longshore.enqueue_many(?, ?::jsonb[], queue => ?, run_at => now() + interval '1 day')";

  private BulkBench() {}

  static JsonObjectBuilder run(BenchNode node, BenchWork work) {
    node.say(work.tasks() + " tasks in one request, the same by SQL, and their cancellation.");
    try (BenchTasks warm = node.tasks("warm");
        BenchTasks rest = node.tasks("rest");
        BenchTasks sql = node.tasks("sql")) {
      rest(node, warm, work, Math.max(1, work.tasks() / 10));
      sql(warm, work, Math.max(1, work.tasks() / 10));
      cancel(node, warm);
      double restSeconds = rest(node, rest, work, work.tasks());
      double sqlSeconds = sql(sql, work, work.tasks());
      double cancelSeconds = cancel(node, rest) + cancel(node, sql);
      return Json.createObjectBuilder()
          .add("tasks", work.tasks())
          .add("restPerSecond", Math.round(work.tasks() / restSeconds))
          .add("sqlPerSecond", Math.round(work.tasks() / sqlSeconds))
          .add("cancelPerSecond", Math.round(2 * work.tasks() / cancelSeconds))
          .add("failed", notCancelled(rest, work) + notCancelled(sql, work));
    }
  }

  private static double rest(BenchNode node, BenchTasks tasks, BenchWork work, int count) {
    String tomorrow = OffsetDateTime.now().plusDays(1).toString();
    JsonObject task =
        Json.createObjectBuilder(tasks.task(work.template())).add("runAt", tomorrow).build();
    String lines = (task + "\n").repeat(count);
    long start = System.nanoTime();
    node.api().postLines("api/tasks/bulk", lines);
    return Drain.secondsSince(start);
  }

  static double sql(BenchTasks tasks, BenchWork work, int count) {
    Connection connection = tasks.connection();
    String payload = work.template().getJsonObject("payload").toString();
    long start = System.nanoTime();
    try (PreparedStatement enqueue = connection.prepareStatement(ENQUEUE_MANY)) {
      for (int left = count; left > 0; left -= PER_STATEMENT) {
        Array payloads =
            connection.createArrayOf(
                "text", Collections.nCopies(Math.min(left, PER_STATEMENT), payload).toArray());
        enqueue.setString(1, work.type());
        enqueue.setArray(2, payloads);
        enqueue.setString(3, tasks.queue());
        enqueue.execute();
      }
    } catch (SQLException e) {
      throw BenchNode.failed(e);
    }
    return Drain.secondsSince(start);
  }

  private static double cancel(BenchNode node, BenchTasks tasks) {
    long start = System.nanoTime();
    node.api()
        .post("api/tasks/cancel", Json.createObjectBuilder().add("queue", tasks.queue()).build());
    return Drain.secondsSince(start);
  }

  private static long notCancelled(BenchTasks tasks, BenchWork work) {
    return work.tasks() - tasks.count("cancelled");
  }
}
