package dev.longshore.cli;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.List;

/**
 * {@code mixed}: three kinds of tasks at once, in two priorities. A backlog of each kind has the
 * default priority, 4; while it is worked on, single tasks of priority 9 come in, 20 a second, kind
 * after kind.
 *
 * <dl>
 *   <dt>{@code handler0ms}
 *   <dd>{@code noop}, quick lane, {@code tasks} of them
 *   <dt>{@code handler5ms}
 *   <dd>{@code nap}, quick lane, a tenth
 *   <dt>{@code handler50ms}
 *   <dd>{@code sleep}, long lane, a fiftieth
 *   <dt>{@code perSecond}
 *   <dd>of the backlog of a kind, by the database's time from its first start to its last end
 *   <dt>{@code backlogMillis}, {@code urgentMillis}
 *   <dd>from submission to start: how long a task waits behind others of its priority, and what the
 *       higher one is worth
 * </dl>
 */
final class MixedBench {

  private static final int URGENT_PER_SECOND = 20;
  private static final int URGENT = 9;

  private record Kind(String name, String type, int millis, int oneIn) {

    JsonObject template() {
      return BenchTasks.template(type, Json.createObjectBuilder().add("millis", millis).build());
    }

    JsonObject urgent() {
      return Json.createObjectBuilder(template()).add("priority", URGENT).build();
    }

    int of(int tasks) {
      return Math.max(1, tasks / oneIn);
    }
  }

  private static final List<Kind> KINDS =
      List.of(
          new Kind("handler0ms", "noop", 0, 1),
          new Kind("handler5ms", "nap", 5, 10),
          new Kind("handler50ms", "sleep", 50, 50));

  private MixedBench() {}

  static JsonObjectBuilder run(BenchNode node, BenchWork work) {
    node.say("A backlog of " + work.tasks() + " tasks of 0 ms and fewer of 5 and 50 ms;");
    node.say("while it is worked on, urgent ones, 20 a second.");
    try (BenchTasks urgent = node.tasks("urgent");
        Backlogs backlogs = new Backlogs(node)) {
      long start = System.nanoTime();
      for (Kind kind : KINDS) {
        JsonObject template = kind.template();
        backlogs.of(kind).submit(number -> template, kind.of(work.tasks()));
      }
      submitWhile(backlogs, urgent);
      double seconds = Drain.secondsSince(start);
      urgent.awaitSettled();
      JsonObjectBuilder result =
          Json.createObjectBuilder()
              .add("tasks", KINDS.stream().mapToInt(kind -> kind.of(work.tasks())).sum())
              .add("seconds", Percentiles.round(seconds));
      for (Kind kind : KINDS) {
        result.add(kind.name, result(kind, work, backlogs.of(kind), urgent));
      }
      return result.add("failed", backlogs.failed() + urgent.failed());
    }
  }

  private static void submitWhile(Backlogs backlogs, BenchTasks urgent) {
    Pacer pacer = new Pacer(URGENT_PER_SECOND);
    do {
      for (Kind kind : KINDS) {
        pacer.await();
        urgent.submitOne(kind.urgent());
      }
    } while (backlogs.anyUnfinished());
  }

  private static JsonObjectBuilder result(
      Kind kind, BenchWork work, BenchTasks backlog, BenchTasks urgent) {
    int tasks = kind.of(work.tasks());
    return Json.createObjectBuilder()
        .add("type", kind.type)
        .add("tasks", tasks)
        .add("perSecond", Math.round(tasks / backlog.drainSeconds()))
        .add("backlogMillis", new Percentiles(backlog.startLatencies()).toJson())
        .add("urgentMillis", new Percentiles(urgent.startLatencies(kind.type)).toJson());
  }

  /** A queue for each kind. */
  private static final class Backlogs implements AutoCloseable {

    private final List<BenchTasks> tasks;

    Backlogs(BenchNode node) {
      tasks = KINDS.stream().map(kind -> node.tasks(kind.name)).toList();
    }

    BenchTasks of(Kind kind) {
      return tasks.get(KINDS.indexOf(kind));
    }

    boolean anyUnfinished() {
      return tasks.stream().anyMatch(BenchTasks::anyUnfinished);
    }

    long failed() {
      return tasks.stream().mapToLong(BenchTasks::failed).sum();
    }

    @Override
    public void close() {
      tasks.forEach(BenchTasks::close);
    }
  }
}
