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

  /**
   * How many messages of a claim are being handled: from before it is taken, which may take its
   * time. Of two that bring it at once either may be the one that takes it.
   */
  private final Map<Long, Integer> claims = new ConcurrentHashMap<>();

  /** Not the bean's own: its proxy would hold one as well, and let nobody in while this waits. */
  private final Object lock = new Object();

  /** Messages that are being handled: from before their claim is taken until all is settled. */
  private final Map<Lane, Integer> messages = new EnumMap<>(Lane.class);

  void enter(Lane lane) {
    synchronized (lock) {
      messages.merge(lane, 1, Integer::sum);
    }
  }

  void leave(Lane lane) {
    synchronized (lock) {
      messages.merge(lane, -1, Integer::sum);
      lock.notifyAll();
    }
  }

  /** Whether no message of the lane is being handled. */
  boolean isNone(Lane lane) {
    synchronized (lock) {
      return messages.getOrDefault(lane, 0) == 0;
    }
  }

  void begin(long claim) {
    claims.merge(claim, 1, Integer::sum);
  }

  void end(long claim) {
    claims.computeIfPresent(claim, (id, messages) -> messages == 1 ? null : messages - 1);
  }

  boolean isHandling(long claim) {
    return claims.containsKey(claim);
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
  boolean awaitNone(long millis) throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    synchronized (lock) {
      while (!isNone(Lane.LONG) || !isNone(Lane.QUICK)) {
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return false;
        }
        lock.wait(left);
      }
      return true;
    }
  }
}
