package dev.longshore.workload.issue;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonCollectors;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Function;

/** Issues and their runs in JSON. */
final class IssueJson {

  private IssueJson() {}

  static JsonObject issue(Issue issue) {
    JsonObjectBuilder out = Json.createObjectBuilder();
    out.add("id", issue.id()).add("description", issue.description());
    text(out, "status", issue.status());
    text(out, "assignedTo", issue.assignedTo());
    number(out, "task", issue.task());
    time(out, "createdAt", issue.createdAt());
    time(out, "updatedAt", issue.updatedAt());
    out.add("attempts", issue.attempts());
    number(out, "maxAttempts", issue.maxAttempts());
    text(out, "error", issue.error());
    return out.build();
  }

  static JsonObject run(Issue.Run run) {
    JsonObjectBuilder out = Json.createObjectBuilder();
    out.add("number", run.number()).add("claim", run.claim()).add("worker", run.worker());
    time(out, "startedAt", run.startedAt());
    time(out, "endedAt", run.endedAt());
    text(out, "outcome", run.outcome());
    text(out, "error", run.error());
    number(out, "exitCode", run.exitCode());
    number(out, "output", run.output());
    return out.build();
  }

  /** A page; {@code next} is {@code null} on the last one. */
  static <T> JsonObject page(List<T> items, Function<T, JsonObject> json, Long next) {
    JsonObjectBuilder out =
        Json.createObjectBuilder()
            .add("items", items.stream().map(json).collect(JsonCollectors.toJsonArray()));
    number(out, "next", next);
    return out.build();
  }

  private static void text(JsonObjectBuilder out, String name, String value) {
    out.add(name, value == null ? JsonValue.NULL : Json.createValue(value));
  }

  private static void number(JsonObjectBuilder out, String name, Number value) {
    out.add(name, value == null ? JsonValue.NULL : Json.createValue(value.longValue()));
  }

  /** ISO 8601, always in UTC. */
  private static void time(JsonObjectBuilder out, String name, OffsetDateTime value) {
    text(out, name, value == null ? null : value.withOffsetSameInstant(ZoneOffset.UTC).toString());
  }
}
