package dev.longshore.engine.batch;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntConsumer;

/** What the artifacts of a run do and have seen. Tests and artifacts share the JVM. */
final class Script {

  private static final Map<String, Script> BY_RUN = new ConcurrentHashMap<>();

  /** Called for each item before it is processed. */
  volatile ThrowingInt onItem = item -> {};

  /** Called with the number of items before they are written. */
  volatile IntConsumer onWrite = count -> {};

  /** Called when a checkpoint is made, after the reader has told its position. */
  volatile Runnable onCheckpoint = () -> {};

  /** Called before partitions are mapped. */
  volatile Runnable onMap = () -> {};

  /** Called by a batchlet; the answer is its exit status. */
  volatile Batchlet onBatchlet = step -> null;

  final List<String> events = new CopyOnWriteArrayList<>();

  interface ThrowingInt {
    void accept(int item) throws Exception;
  }

  interface Batchlet {
    String process(String step) throws Exception;
  }

  /** A fresh script for a run of that name. */
  static Script begin(String run) {
    Script script = new Script();
    BY_RUN.put(run, script);
    return script;
  }

  static Script of(String run) {
    return BY_RUN.computeIfAbsent(run, r -> new Script());
  }
}
