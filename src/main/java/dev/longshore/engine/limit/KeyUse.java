package dev.longshore.engine.limit;

import java.util.ArrayList;
import java.util.List;

/** Who has a key, and who is first in its line. */
class KeyUse {

  /** A task that is under way, or has begun and waits for its retry. */
  record Holder(long id, boolean underWay, int priority) {}

  /** The first that waits, of either lane. */
  record First(long id, int priority) {}

  static final KeyUse NOBODY = new KeyUse();

  final List<Holder> holders = new ArrayList<>();
  First first;

  /**
   * Whom an exclusive key is kept for instead of this task; 0 for nobody. Of equal priority the one
   * that has begun keeps it through its retries, as a group of a FIFO queue does; a higher priority
   * goes first.
   */
  long before(Waiting task) {
    for (Holder h : holders) {
      if (!h.underWay && h.id != task.id() && goesBefore(h, task)) {
        return h.id;
      }
    }
    if (first == null || first.id == task.id()) {
      return 0;
    }
    return !task.begun() || first.priority > task.priority() ? first.id : 0;
  }

  private static boolean goesBefore(Holder begun, Waiting task) {
    return begun.priority > task.priority()
        || begun.priority == task.priority() && (!task.begun() || begun.id < task.id());
  }
}
