package dev.longshore.engine.run;

import dev.longshore.task.Lane;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The attempts under way on this node. */
@ApplicationScoped
class Running {

  private final Set<RunningTask> tasks = ConcurrentHashMap.newKeySet();

  /** Messages that are being handled: from before their claim is taken until all is settled. */
  private final Map<Lane, Integer> messages = new EnumMap<>(Lane.class);

  synchronized void enter(Lane lane) {
    messages.merge(lane, 1, Integer::sum);
  }

  synchronized void leave(Lane lane) {
    messages.merge(lane, -1, Integer::sum);
    notifyAll();
  }

  /** Whether no message of the lane is being handled. */
  synchronized boolean isNone(Lane lane) {
    return messages.getOrDefault(lane, 0) == 0;
  }

  private boolean isNone() {
    return isNone(Lane.LONG) && isNone(Lane.QUICK);
  }

  void add(RunningTask task) {
    tasks.add(task);
  }

  void remove(RunningTask task) {
    tasks.remove(task);
  }

  List<RunningTask> all() {
    return List.copyOf(tasks);
  }

  /**
   * Waits until no message is being handled here.
   *
   * @return false when something still does after that time
   */
  synchronized boolean awaitNone(long millis) throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    while (!isNone()) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }
}
