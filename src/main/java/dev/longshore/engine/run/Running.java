package dev.longshore.engine.run;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The attempts under way on this node. */
@ApplicationScoped
class Running {

  private final Set<RunningTask> tasks = ConcurrentHashMap.newKeySet();

  void add(RunningTask task) {
    tasks.add(task);
  }

  void remove(RunningTask task) {
    tasks.remove(task);
    synchronized (this) {
      notifyAll();
    }
  }

  List<RunningTask> all() {
    return List.copyOf(tasks);
  }

  boolean isEmpty() {
    return tasks.isEmpty();
  }

  /**
   * Waits until nothing runs here.
   *
   * @return false when something still does after that time
   */
  synchronized boolean awaitNone(long millis) throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    while (!isEmpty()) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }
}
