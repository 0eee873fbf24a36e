package dev.longshore.engine.limit;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A task that is due, under a limit, and locked by this claim.
 *
 * @param begun whether it has run before
 * @param freed whether it was held, and a row of {@code key_free} led to it
 */
record Waiting(
    long id,
    String type,
    String queue,
    String key,
    int priority,
    OffsetDateTime runAt,
    boolean begun,
    boolean freed) {

  /** The order of claims. */
  static final Comparator<Waiting> ORDER =
      Comparator.comparing(Waiting::priority)
          .reversed()
          .thenComparing(w -> w.runAt().toInstant())
          .thenComparing(Waiting::id);

  /** The queue and the type. */
  List<Scope> scopes() {
    return List.of(Scope.queue(queue), Scope.type(type));
  }

  /** Its key in those of the two that limit keys. */
  List<Scope.Key> keys(Policy policy) {
    List<Scope.Key> keys = new ArrayList<>();
    if (key != null) {
      for (Scope scope : scopes()) {
        if (policy.of(scope).byKey()) {
          keys.add(new Scope.Key(scope, key));
        }
      }
    }
    return keys;
  }
}
