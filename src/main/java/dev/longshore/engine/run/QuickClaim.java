package dev.longshore.engine.run;

import dev.longshore.engine.settle.Settlement;
import dev.longshore.task.Outcome;
import dev.longshore.task.TaskType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A claim of the quick lane under way on this thread: its tasks, and which of them are in the chunk
 * that is open now. What the artifacts of {@code longshore-quick.xml} work on.
 */
final class QuickClaim {

  private static final ThreadLocal<QuickClaim> CURRENT = new ThreadLocal<>();

  final long id;
  final TaskType type;
  final List<RunningTask> tasks;

  /** Those that were processed in the open chunk. */
  private final List<RunningTask> chunk = new ArrayList<>();

  private final boolean suspicious;
  private long chunkBegan;
  private int committed;

  /** Those that were at work when PostgreSQL went, and what becomes of each. */
  private final Map<RunningTask, Outcome> struck = new HashMap<>();

  QuickClaim(long id, TaskType type, List<RunningTask> tasks) {
    this.id = id;
    this.type = type;
    this.tasks = tasks;
    this.suspicious =
        tasks.stream().anyMatch(task -> task.taken().losses() > 0 || task.taken().outages() > 0);
  }

  /**
   * Whether a task of it was lost before, or may have taken PostgreSQL down: then each runs in a
   * chunk of its own, and is noted.
   */
  boolean isSuspicious() {
    return suspicious;
  }

  static QuickClaim current() {
    return CURRENT.get();
  }

  /** Binds the calling thread to the claim, {@code null} to none. */
  static void bind(QuickClaim claim) {
    if (claim == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(claim);
    }
  }

  /** A chunk begins, after a commit or after a rollback. */
  void beginChunk() {
    chunk.forEach(task -> task.settledInChunk(false));
    chunk.clear();
    chunkBegan = System.nanoTime();
  }

  /** The task is processed next in the open chunk. */
  void enter(RunningTask task) {
    chunk.add(task);
  }

  /**
   * PostgreSQL was away when the task ran.
   *
   * @return what becomes of it: only the first one that met it was at work when PostgreSQL went
   */
  Outcome struck(RunningTask task, Throwable failure) {
    if (struck.isEmpty()) {
      struck.put(task, Outage.outcome(task, failure, false));
    }
    return afterTheOutage(task);
  }

  /**
   * PostgreSQL went when the open chunk was written or committed. Each task of it may have been the
   * cause; the next time they run one by one.
   */
  void struck(Throwable failure) {
    if (struck.isEmpty()) {
      chunk.forEach(task -> struck.put(task, Outage.outcome(task, failure, false)));
    }
  }

  /** What becomes of a task that has not come to its end. */
  Outcome afterTheOutage(RunningTask task) {
    return struck.getOrDefault(task, Outcome.snoozed(Settlement.AFTER_AN_OUTAGE));
  }

  /** Whether nothing but this task can have made the open chunk fail. */
  boolean isAlone() {
    return chunk.size() == 1;
  }

  /** What was settled in the open chunk is committed. What came through after all is cleared. */
  void committed() {
    committed += chunk.size();
    chunk.stream().filter(task -> !task.failedAlone()).forEach(struck::remove);
    chunk.clear();
  }

  boolean isAllCommitted() {
    return committed == tasks.size();
  }

  /** Whether the open chunk holds what is left: the end of the input commits it then. */
  boolean isLastChunk() {
    return committed + chunk.size() == tasks.size();
  }

  int chunkSize() {
    return chunk.size();
  }

  long chunkNanos() {
    return System.nanoTime() - chunkBegan;
  }
}
