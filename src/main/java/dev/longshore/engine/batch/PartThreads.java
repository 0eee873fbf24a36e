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

  /** By claim: parts that were handed to an executor and have not ended. */
  private final Map<Long, Integer> unfinished = new HashMap<>();

  private final Map<Thread, Long> running = new HashMap<>();

  synchronized void submitted(long claim) {
    unfinished.merge(claim, 1, Integer::sum);
  }

  synchronized void began(long claim) {
    running.put(Thread.currentThread(), claim);
  }

  /** Nothing interrupts the calling thread any more, and what came before is cleared. */
  synchronized void stopped() {
    running.remove(Thread.currentThread());
    Thread.interrupted();
  }

  synchronized void ended(long claim) {
    unfinished.computeIfPresent(claim, (c, n) -> n == 1 ? null : n - 1);
    notifyAll();
  }

  synchronized void interrupt(long claim) {
    running.forEach(
        (thread, of) -> {
          if (of == claim) {
            thread.interrupt();
          }
        });
  }

  /** Returns when none is left, interrupted or not. */
  synchronized void awaitNone(long claim) {
    boolean interrupted = false;
    while (unfinished.containsKey(claim)) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
