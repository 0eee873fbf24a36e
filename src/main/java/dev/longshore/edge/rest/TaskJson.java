package dev.longshore.edge.rest;

import dev.longshore.task.Attempt;
import dev.longshore.task.Task;
import dev.longshore.task.TaskPage;
import java.util.List;

/** Tasks and attempts in JSON. */
final class TaskJson {

  private TaskJson() {}

  static String task(Task task) {
    return JsonOut.one(task, TaskJson::write);
  }

  /** A page; {@code next} is {@code null} on the last one. */
  static String page(TaskPage page) {
    return JsonOut.page(page.items(), page.next(), TaskJson::write);
  }

  static String attempts(List<Attempt> attempts) {
    return JsonOut.page(attempts, null, TaskJson::write);
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
