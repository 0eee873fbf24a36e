package dev.longshore.engine.limit;

import java.util.ArrayList;
import java.util.List;

/** Who has a key, and who comes next where it is exclusive. */
class KeyUse {

  /** A pending task. */
  record Next(long id, int priority) {}

  static final KeyUse NOBODY = new KeyUse();

  /** The ids of the tasks under way. */
  final List<Long> underWay = new ArrayList<>();

  /** Of those that have begun and wait for their retry: the highest priority, then the oldest. */
  Next begun;

  /** The first that is due, of either lane. */
  Next first;

  /**
   * Whom an exclusive key is kept for instead of this task; 0 for nobody. Of equal priority the one
   * that has begun keeps it through its retries, as a group of a FIFO queue does; a higher priority
   * goes first.
   */
  long before(Waiting task) {
    if (begun != null && begun.id != task.id() && goesBefore(begun, task)) {
      return begun.id;
    }
    if (first == null || first.id == task.id()) {
      return 0;
    }
    return !task.begun() || first.priority > task.priority() ? first.id : 0;
  }

  private static boolean goesBefore(Next begun, Waiting task) {
    return begun.priority > task.priority()
        || begun.priority == task.priority() && (!task.begun() || begun.id < task.id());
  }
}
