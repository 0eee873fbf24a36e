package dev.longshore.cli;

import dev.longshore.local.Home;
import dev.longshore.local.Servers;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How fast work comes in and is done, and how soon it starts on an idle system.
 *
 * <dl>
 *   <dt>{@code enqueuePerSecond}
 *   <dd>tasks, by the time from the first bulk request's start to the last one's answer; the node
 *       is already working on the first ones meanwhile
 *   <dt>{@code drainPerSecond}
 *   <dd>tasks, by the database's time from the first handler's start to the last task's end
 *   <dt>{@code tasksPerSecond}
 *   <dd>tasks, by the time from the first bulk request's start to when none was unfinished any more
 *   <dt>{@code latencyMillis}
 *   <dd>of single submissions, 20 a second for 10 seconds, after the drain: from {@code
 *       task.created_at} to the first {@code attempt.started_at}, both the database's wall clock.
 *       The insert's time stands for its commit's, so the commit's own sync is counted in
 *   <dt>{@code cpuSeconds}
 *   <dd>user and system, of each server over {@code tasksPerSecond}'s time; {@code null} where it
 *       is not this home's
 *   <dt>{@code failed}
 *   <dd>tasks that ended otherwise than succeeded
 * </dl>
 */
final class DrainBench {

  private static final int BATCH = 10_000;
  private static final int TRICKLE_PER_SECOND = 20;
  private static final int TRICKLE_SECONDS = 10;
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Longshore longshore;
  private final Home home;
  private final BenchTasks drained;
  private final Api api;

  DrainBench(Longshore longshore, Home home, BenchTasks drained) {
    this.longshore = longshore;
    this.home = home;
    this.drained = drained;
    this.api = Api.of(longshore.settings);
  }

  /**
   * Measures.
   *
   * @param template the tasks, all alike: type and payload
   */
  JsonObject run(JsonObject template, int tasks) {
    String type = template.getString("type");
    longshore.console.say("Submitting " + tasks + " " + type + " tasks.");
    Cpu before = Cpu.now(home);
    long start = System.nanoTime();
    submit(template, tasks);
    double enqueueSeconds = secondsSince(start);
    longshore.console.say("Waiting until all have settled.");
    awaitSettled(drained);
    double seconds = secondsSince(start);
    Map<String, OptionalDouble> cpu = Cpu.now(home).since(before);
    long failed = drained.failed();
    longshore.console.say("Trickling: 20 a second for 10 s.");
    JsonObjectBuilder result =
        Json.createObjectBuilder()
            .add("scenario", "drain")
            .add("type", type)
            .add("tasks", tasks)
            .add("enqueuePerSecond", Math.round(tasks / enqueueSeconds))
            .add("drainPerSecond", Math.round(tasks / drained.drainSeconds()))
            .add("tasksPerSecond", Math.round(tasks / seconds))
            .add("seconds", Percentiles.round(seconds));
    try (BenchTasks trickled =
        new BenchTasks(Servers.read(home.serversEnv()), drained.queue() + "-trickle")) {
      trickle(template, trickled.queue());
      awaitSettled(trickled);
      failed += trickled.failed();
      result.add("latencyMillis", new Percentiles(trickled.startLatencies()).toJson());
    }
    JsonObjectBuilder cpuSeconds = Json.createObjectBuilder();
    cpu.forEach((server, used) -> add(cpuSeconds, server, used));
    return result.add("cpuSeconds", cpuSeconds).add("failed", failed).build();
  }

  private static void add(JsonObjectBuilder json, String name, OptionalDouble value) {
    if (value.isPresent()) {
      json.add(name, Percentiles.round(value.getAsDouble()));
    } else {
      json.addNull(name);
    }
  }

  private void submit(JsonObject template, int tasks) {
    String line = task(template, drained.queue()) + "\n";
    for (int left = tasks; left > 0; left -= BATCH) {
      api.postLines("api/tasks/bulk", line.repeat(Math.min(left, BATCH)));
    }
  }

  private void trickle(JsonObject template, String queue) {
    JsonObject task = task(template, queue);
    long interval = TimeUnit.SECONDS.toNanos(1) / TRICKLE_PER_SECOND;
    long start = System.nanoTime();
    for (int i = 0; i < TRICKLE_PER_SECOND * TRICKLE_SECONDS; i++) {
      // By the clock, not after each answer: a slow answer must not slow the arrivals.
      LockSupport.parkNanos(start + i * interval - System.nanoTime());
      api.post("api/tasks", task);
    }
  }

  private static JsonObject task(JsonObject template, String queue) {
    return Json.createObjectBuilder(template).add("queue", queue).build();
  }

  private static void awaitSettled(BenchTasks tasks) {
    while (tasks.anyUnfinished()) {
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
