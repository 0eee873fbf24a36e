package dev.longshore.engine.limit;

import dev.longshore.task.Limits;
import java.util.Map;

/**
 * Every limit and pause there is.
 *
 * @param version changes whenever one of them does
 * @param queues by name, those that have any
 * @param types by name, those that have any
 * @param someWait whether tasks are still held for a key, though perhaps no key has a limit now
 */
public record Policy(
    long version, Map<String, Standing> queues, Map<String, Standing> types, boolean someWait) {

  /** A queue's or a type's. */
  record Standing(boolean paused, Limits limits) {

    static final Standing FREE = new Standing(false, Limits.NONE);

    /** Whether it may be closed as a whole. */
    boolean whole() {
      return paused || limits.tasks() != null || limits.rate() != null;
    }

    boolean byKey() {
      return limits.perKey() != null || limits.keyRate() != null;
    }
  }

  /** Whether every task that is due may be claimed. */
  public boolean isNone() {
    return queues.isEmpty() && types.isEmpty() && !someWait;
  }

  /** The names of the queues that a claim without limits must leave alone. */
  public String[] limitedQueues() {
    return queues.keySet().toArray(String[]::new);
  }

  /** The names of the types that a claim without limits must leave alone. */
  public String[] limitedTypes() {
    return types.keySet().toArray(String[]::new);
  }

  String[] pausedQueues() {
    return paused(queues);
  }

  String[] pausedTypes() {
    return paused(types);
  }

  private static String[] paused(Map<String, Standing> standings) {
    return standings.entrySet().stream()
        .filter(one -> one.getValue().paused())
        .map(Map.Entry::getKey)
        .toArray(String[]::new);
  }

  Standing of(Scope scope) {
    return (scope.kind() == Scope.Kind.QUEUE ? queues : types)
        .getOrDefault(scope.name(), Standing.FREE);
  }
}
