package dev.longshore.cli;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * {@code wide}: a thousand keys, of each of which one task may be under way at a time.
 *
 * <dl>
 *   <dt>{@code without}, {@code with}
 *   <dd>a drain of tasks that have the keys, each key's share spread over all, in a queue without
 *       limits and in one with {@code keyLimit} 1
 *   <dt>{@code ratio}
 *   <dd>of their {@code drainPerSecond}
 *   <dt>{@code overlaps}
 *   <dd>attempts that began while another one of their key was under way: counted as failed, too
 * </dl>
 */
final class WideBench {

  private static final int KEYS = 1_000;

  private static final String LIMIT = "insert into longshore.queue (name, key_limit) values (?, 1)";

  private static final String UNLIMIT = "delete from longshore.queue where name = ?";

  private WideBench() {}

  static JsonObjectBuilder run(BenchNode node, BenchWork work) {
    node.say("Drains of " + work.tasks() + " " + work.type() + " tasks of " + KEYS + " keys:");
    List<JsonObject> templates =
        IntStream.range(0, KEYS)
            .mapToObj(i -> Json.createObjectBuilder(work.template()).add("key", "k" + i).build())
            .toList();
    IntFunction<JsonObject> byKey = number -> templates.get(number % KEYS);
    try (BenchTasks warm = node.tasks("warm");
        BenchTasks free = node.tasks("free");
        BenchTasks limited = node.tasks("limited")) {
      node.say("without a limit, then one of each at a time.");
      Drain first = Drain.of(node, warm, byKey, work.tasks());
      Drain without = Drain.of(node, free, byKey, work.tasks());
      limit(limited, LIMIT);
      try {
        Drain with = Drain.of(node, limited, byKey, work.tasks());
        long overlaps = limited.overlaps();
        return Json.createObjectBuilder()
            .add("type", work.type())
            .add("tasks", work.tasks())
            .add("keys", KEYS)
            .add("ratio", Percentiles.round(with.perSecond() / without.perSecond()))
            .add("overlaps", overlaps)
            .add("without", without.toJson())
            .add("with", with.toJson())
            .add("failed", first.failed() + without.failed() + with.failed() + overlaps);
      } finally {
        limit(limited, UNLIMIT);
      }
    }
  }

  private static void limit(BenchTasks tasks, String sql) {
    try (PreparedStatement statement = tasks.connection().prepareStatement(sql)) {
      statement.setString(1, tasks.queue());
      statement.executeUpdate();
    } catch (SQLException e) {
      throw BenchNode.failed(e);
    }
  }
}
