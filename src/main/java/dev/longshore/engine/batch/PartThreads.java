package dev.longshore.engine.batch;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.Map;

/**
 * The threads on which flows and partitions of tasks' jobs run. A job whose own thread is
 * interrupted ends at once and leaves them behind: they are interrupted as well, and a task is not
 * settled before its last one has ended.
 */
@ApplicationScoped
class PartThreads {

  /** Not the bean's own: its proxy would hold one as well, and let nobody in while this waits. */
  private final Object lock = new Object();

  /** By claim: parts that were handed to an executor and have not ended. */
  private final Map<Long, Integer> unfinished = new HashMap<>();

  private final Map<Thread, Long> running = new HashMap<>();

  void submitted(long claim) {
    synchronized (lock) {
      unfinished.merge(claim, 1, Integer::sum);
    }
  }

  void began(long claim) {
    synchronized (lock) {
      running.put(Thread.currentThread(), claim);
    }
  }

  /** Nothing interrupts the calling thread any more, and what came before is cleared. */
  void stopped() {
    synchronized (lock) {
      running.remove(Thread.currentThread());
      Thread.interrupted();
    }
  }

  void ended(long claim) {
    synchronized (lock) {
      unfinished.computeIfPresent(claim, (c, n) -> n == 1 ? null : n - 1);
      lock.notifyAll();
    }
  }

  /** Whether the calling thread runs a flow or a partition. */
  boolean isPart() {
    synchronized (lock) {
      return running.containsKey(Thread.currentThread());
    }
  }

  void interrupt(long claim) {
    synchronized (lock) {
      running.forEach(
          (thread, of) -> {
            if (of == claim) {
              thread.interrupt();
            }
          });
    }
  }

  /** Returns when none is left, interrupted or not. */
  void awaitNone(long claim) {
    boolean interrupted = false;
    synchronized (lock) {
      while (unfinished.containsKey(claim)) {
        try {
          lock.wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
