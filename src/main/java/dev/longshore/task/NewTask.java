package dev.longshore.task;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.OffsetDateTime;
import java.util.List;

/**
 * A submission. Whatever is {@code null} takes the type's default.
 *
 * @param runAt not before this time; now when {@code null}
 * @param key groups tasks that belong together, for limits and searches
 * @param uniqueKey a second submission with it answers with the first task while that is unfinished
 * @param after ids of tasks that must have succeeded before it starts; they exist already, so that
 *     no task can come after itself
 * @param onDependencyFailure what becomes of it when one of those does not succeed; {@code null}:
 *     cancelled
 */
public record NewTask(
    String type,
    JsonObject payload,
    String queue,
    Integer priority,
    OffsetDateTime runAt,
    String key,
    String uniqueKey,
    Integer maxAttempts,
    List<Long> after,
    OnDependencyFailure onDependencyFailure) {

  public NewTask {
    after = after == null ? List.of() : List.copyOf(after);
    if (payload == null) {
      payload = JsonValue.EMPTY_JSON_OBJECT;
    }
  }

  public static NewTask of(String type, JsonObject payload) {
    return new NewTask(type, payload, null, null, null, null, null, null, null, null);
  }

  public NewTask withUniqueKey(String newUniqueKey) {
    return new NewTask(
        type,
        payload,
        queue,
        priority,
        runAt,
        key,
        newUniqueKey,
        maxAttempts,
        after,
        onDependencyFailure);
  }

  /** It starts once these have succeeded. */
  public NewTask withAfter(List<Long> tasks, OnDependencyFailure otherwise) {
    return new NewTask(
        type, payload, queue, priority, runAt, key, uniqueKey, maxAttempts, tasks, otherwise);
  }
}
