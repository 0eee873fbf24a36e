package dev.longshore.cli;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.IntFunction;

/**
 * Tasks that are all alike, submitted in bulk and done: how fast each went.
 *
 * <dl>
 *   <dt>{@code enqueuePerSecond}
 *   <dd>tasks, by the time from the first bulk request's start to the last one's answer; the node
 *       is already working on the first ones meanwhile
 *   <dt>{@code drainPerSecond}
 *   <dd>tasks, by the database's time from the first handler's start to the last task's end
 *   <dt>{@code tasksPerSecond}
 *   <dd>tasks, by the time from the first bulk request's start to the last task's end
 *   <dt>{@code cpuSeconds}
 *   <dd>user and system, of each server over {@code tasksPerSecond}'s time; {@code null} where it
 *       is not this home's
 * </dl>
 *
 * @param failed tasks that ended otherwise than succeeded
 */
record Drain(
    int tasks,
    double enqueueSeconds,
    double drainSeconds,
    double seconds,
    Map<String, OptionalDouble> cpu,
    long failed) {

  static Drain of(BenchNode node, String name, JsonObject template, int tasks) {
    try (BenchTasks drained = node.tasks(name)) {
      return of(node, drained, number -> template, tasks);
    }
  }

  /**
   * @param templates a task's by its number, from 0 on
   */
  static Drain of(
      BenchNode node, BenchTasks drained, IntFunction<JsonObject> templates, int tasks) {
    Cpu before = Cpu.now(node.home());
    long start = System.nanoTime();
    drained.submit(templates, tasks);
    double enqueueSeconds = secondsSince(start);
    drained.awaitSettled();
    Map<String, OptionalDouble> cpu = Cpu.now(node.home()).since(before);
    double seconds = secondsSince(start) - drained.secondsSinceEnd();
    return new Drain(tasks, enqueueSeconds, drained.drainSeconds(), seconds, cpu, drained.failed());
  }

  /** Several, one after the other. */
  static List<Drain> several(
      int times, BenchNode node, String name, JsonObject template, int tasks) {
    List<Drain> drains = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      drains.add(of(node, name, template, tasks));
    }
    return drains;
  }

  /** The one with the median rate. */
  static Drain median(List<Drain> drains) {
    return drains.stream()
        .sorted(Comparator.comparingDouble(Drain::perSecond))
        .toList()
        .get(drains.size() / 2);
  }

  /** Of all of them together. */
  static double perSecond(List<Drain> drains) {
    return drains.stream().mapToInt(d -> d.tasks).sum()
        / drains.stream().mapToDouble(d -> d.drainSeconds).sum();
  }

  static long failed(List<Drain> drains) {
    return drains.stream().mapToLong(Drain::failed).sum();
  }

  double perSecond() {
    return tasks / drainSeconds;
  }

  JsonObjectBuilder toJson() {
    JsonObjectBuilder cpuSeconds = Json.createObjectBuilder();
    cpu.forEach((server, used) -> add(cpuSeconds, server, used));
    return Json.createObjectBuilder()
        .add("tasks", tasks)
        .add("enqueuePerSecond", Math.round(tasks / enqueueSeconds))
        .add("drainPerSecond", Math.round(perSecond()))
        .add("tasksPerSecond", Math.round(tasks / seconds))
        .add("seconds", Percentiles.round(seconds))
        .add("cpuSeconds", cpuSeconds);
  }

  private static void add(JsonObjectBuilder json, String name, OptionalDouble value) {
    if (value.isPresent()) {
      json.add(name, Percentiles.round(value.getAsDouble()));
    } else {
      json.addNull(name);
    }
  }

  static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
