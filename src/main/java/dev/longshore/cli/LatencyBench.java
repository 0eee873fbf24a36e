package dev.longshore.cli;

import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * {@code latency}: how soon a single task starts on an idle system, submitted by REST and by SQL,
 * from {@code task.created_at} to what its handler writes ({@code effect.at}), both the database's
 * wall clock. The insert's time stands for its commit's, so the commit's own sync is counted in,
 * and so is the handler's statement on its way. Of a type other than {@code effect}: to the start
 * of its attempt, which is some milliseconds before its handler's.
 */
final class LatencyBench {

  /** The system is idle between two. */
  private static final int PER_SECOND = 15;

  private static final int WARM_UP = 50;

  private static final String ENQUEUE = "select longshore.enqueue(?, ?::jsonb, queue => ?)";

  private LatencyBench() {}

  static JsonObjectBuilder run(BenchNode node, BenchWork work) {
    node.say(work.tasks() + " " + work.type() + " tasks one by one, by REST and then by SQL.");
    try (BenchTasks first = node.tasks("warm");
        BenchTasks rest = node.tasks("rest");
        BenchTasks sql = node.tasks("sql")) {
      rest(first, work, Math.min(WARM_UP, work.tasks()));
      rest(rest, work, work.tasks());
      sql(sql, work);
      return Json.createObjectBuilder()
          .add("type", work.type())
          .add("tasks", work.tasks())
          .add("restMillis", new Percentiles(latencies(rest, work)).toJson())
          .add("sqlMillis", new Percentiles(latencies(sql, work)).toJson())
          .add("failed", rest.failed() + sql.failed());
    }
  }

  private static List<Double> latencies(BenchTasks tasks, BenchWork work) {
    return work.type().equals("effect") ? tasks.effectLatencies() : tasks.startLatencies();
  }

  private static void rest(BenchTasks tasks, BenchWork work, int count) {
    Pacer pacer = new Pacer(PER_SECOND);
    for (int i = 0; i < count; i++) {
      pacer.await();
      tasks.submitOne(work.template());
    }
    // Nobody asks the database anything until the last one is in.
    tasks.awaitSettled();
  }

  private static void sql(BenchTasks tasks, BenchWork work) {
    Pacer pacer = new Pacer(PER_SECOND);
    try (PreparedStatement enqueue = tasks.connection().prepareStatement(ENQUEUE)) {
      for (int i = 0; i < work.tasks(); i++) {
        pacer.await();
        enqueue.setString(1, work.type());
        enqueue.setString(2, work.template().getJsonObject("payload").toString());
        enqueue.setString(3, tasks.queue());
        enqueue.execute();
      }
    } catch (SQLException e) {
      throw BenchNode.failed(e);
    }
    tasks.awaitSettled();
  }
}
