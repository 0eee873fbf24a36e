package dev.longshore.task;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.OffsetDateTime;

/**
 * A submission. Whatever is {@code null} takes the type's default.
 *
 * @param runAt not before this time; now when {@code null}
 * @param key groups tasks that belong together, for limits and searches
 * @param uniqueKey a second submission with it answers with the first task while that is unfinished
 */
public record NewTask(
    String type,
    JsonObject payload,
    String queue,
    Integer priority,
    OffsetDateTime runAt,
    String key,
    String uniqueKey,
    Integer maxAttempts) {

  public NewTask {
    if (payload == null) {
      payload = JsonValue.EMPTY_JSON_OBJECT;
    }
  }

  public static NewTask of(String type, JsonObject payload) {
    return new NewTask(type, payload, null, null, null, null, null, null);
  }

  public NewTask withUniqueKey(String newUniqueKey) {
    return new NewTask(type, payload, queue, priority, runAt, key, newUniqueKey, maxAttempts);
  }
}
