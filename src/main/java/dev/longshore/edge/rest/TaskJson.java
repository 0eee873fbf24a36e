package dev.longshore.edge.rest;

import dev.longshore.task.Attempt;
import dev.longshore.task.Task;
import dev.longshore.task.TaskPage;
import java.util.List;

/** Tasks and attempts in JSON. */
final class TaskJson {

  private TaskJson() {}

  static String task(Task task) {
    JsonOut out = new JsonOut();
    write(task, out);
    return out.toString();
  }

  /** A page; {@code next} is {@code null} on the last one. */
  static String page(TaskPage page) {
    JsonOut out = new JsonOut();
    return out.open()
        .array("items", page.items(), t -> write(t, out))
        .number("next", page.next())
        .close()
        .toString();
  }

  static String attempts(List<Attempt> attempts) {
    JsonOut out = new JsonOut();
    return out.open()
        .array("items", attempts, a -> write(a, out))
        .number("next", null)
        .close()
        .toString();
  }

  private static void write(Task task, JsonOut out) {
    out.open()
        .number("id", task.id())
        .text("type", task.type())
        .text("queue", task.queue())
        .text("state", task.state().label())
        .number("priority", task.priority())
        .raw("payload", task.payload())
        .text("key", task.key())
        .text("uniqueKey", task.uniqueKey())
        .number("attempts", task.attempts())
        .number("maxAttempts", task.maxAttempts())
        .time("runAt", task.runAt())
        .time("createdAt", task.createdAt())
        .time("startedAt", task.startedAt())
        .time("endedAt", task.endedAt())
        .text("worker", task.worker())
        .text("waitsFor", task.held())
        .bool("cancelRequested", task.cancelRequested())
        .raw("progress", task.progress())
        .raw("result", task.result())
        .text("error", task.error())
        .close();
  }

  private static void write(Attempt attempt, JsonOut out) {
    out.open()
        .number("number", attempt.number())
        .number("claim", attempt.claimId())
        .text("worker", attempt.worker())
        .time("startedAt", attempt.startedAt())
        .time("endedAt", attempt.endedAt())
        .text("outcome", attempt.outcome())
        .text("error", attempt.error())
        .number("jobExecution", attempt.jobExecution())
        .close();
  }
}
