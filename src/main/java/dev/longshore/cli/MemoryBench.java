package dev.longshore.cli;

import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * {@code memory}: tasks that are all pending before the first one is due, and their drain. The
 * figures are {@code residentMiB}'s: {@code before} is an idle node when it had a minute to calm
 * down before this was called, {@code peak} the most while the backlog was there.
 */
final class MemoryBench {

  private MemoryBench() {}

  static JsonObjectBuilder run(BenchNode node, BenchWork work) {
    node.say(work.tasks() + " " + work.type() + " tasks, due when all are there.");
    try (BenchTasks tasks = node.tasks("memory");
        Statement release = tasks.connection().createStatement()) {
      BulkBench.sql(tasks, work, work.tasks());
      release.executeUpdate(
          "update longshore.task set run_at = now() where state = 'pending' and queue = '"
              + tasks.queue()
              + "'");
      tasks.awaitSettled();
      return Json.createObjectBuilder()
          .add("type", work.type())
          .add("tasks", work.tasks())
          .add("drainPerSecond", Math.round(work.tasks() / tasks.drainSeconds()))
          .add("failed", tasks.failed());
    } catch (SQLException e) {
      throw BenchNode.failed(e);
    }
  }
}
