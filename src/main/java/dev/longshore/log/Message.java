package dev.longshore.log;

import jakarta.json.JsonObject;
import java.time.OffsetDateTime;

/**
 * An entry of the log. Entries are ordered by their ids, which have gaps.
 *
 * @param name a path such as {@code post/create}
 * @param payload what it says
 * @param metadata what is said about it: who sent it, why
 * @param createdAt the database's time when it was appended
 */
public record Message(
    long id, String name, JsonObject payload, JsonObject metadata, OffsetDateTime createdAt) {}
