package dev.longshore.log;

import jakarta.json.JsonObject;

/**
 * A message to append.
 *
 * @param name a path such as {@code post/create}
 * @param payload {@code null} for an empty one
 * @param metadata likewise
 */
public record NewMessage(String name, JsonObject payload, JsonObject metadata) {

  public NewMessage(String name, JsonObject payload) {
    this(name, payload, null);
  }
}
