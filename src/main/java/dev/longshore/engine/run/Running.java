package dev.longshore.engine.run;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The attempts under way on this node. */
@ApplicationScoped
class Running {

  private final Set<RunningTask> tasks = ConcurrentHashMap.newKeySet();

  /** Messages that are being handled: from before their claim is taken until all is settled. */
  private int messages;

  synchronized void enter() {
    messages++;
  }

  synchronized void leave() {
    messages--;
    notifyAll();
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
    while (messages > 0) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }
}
