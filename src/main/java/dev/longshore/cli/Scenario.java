package dev.longshore.cli;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.stream.Stream;

/** What {@code bench} can measure; the names are those of {@code --scenario}. */
enum Scenario {
  drain(10_000, true, DrainBench::run),
  latency(200, true, LatencyBench::run),
  pipeline(3_000, false, PipelineBench::run),
  bulk(100_000, true, BulkBench::run),
  mixed(40_000, false, MixedBench::run),
  history(50_000, true, HistoryBench::run),
  snapshot(50_000, true, SnapshotBench::run),
  wide(20_000, true, WideBench::run),
  memory(1_000_000, true, MemoryBench::run),
  log(50_000, false, LogBench::run),
  /** The others, one after the other. */
  all(0, false, null);

  /** Takes its time, and answers what was found; {@code failed} is among it. */
  interface Measurement {
    JsonObjectBuilder run(BenchNode node, BenchWork work);
  }

  final int tasks;
  final boolean ofAnyType;
  final Measurement measurement;

  /**
   * @param tasks how many by default
   * @param ofAnyType whether it has no types of its own
   */
  Scenario(int tasks, boolean ofAnyType, Measurement measurement) {
    this.tasks = tasks;
    this.ofAnyType = ofAnyType;
    this.measurement = measurement;
  }

  /** The tasks when nobody says which: the handlers of {@code effect} write down when they ran. */
  JsonObject template() {
    return this == latency
        ? BenchTasks.template("effect", Json.createObjectBuilder().add("name", "bench").build())
        : BenchTasks.template("noop", JsonValue.EMPTY_JSON_OBJECT);
  }

  List<Scenario> parts() {
    return this == all ? Stream.of(values()).filter(s -> s != all).toList() : List.of(this);
  }
}
