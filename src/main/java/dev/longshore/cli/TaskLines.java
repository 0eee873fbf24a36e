package dev.longshore.cli;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Tasks in JSON as lines for people. */
final class TaskLines {

  private static final Set<String> ENDED = Set.of("succeeded", "failed", "cancelled");
  private static final String SUCCEEDED = "succeeded";
  private static final int ERROR_WIDTH = 200;

  private TaskLines() {}

  static long id(JsonObject task) {
    return task.getJsonNumber("id").longValue();
  }

  static boolean hasEnded(JsonObject task) {
    return ENDED.contains(Api.text(task, "state"));
  }

  static boolean hasSucceeded(JsonObject task) {
    return SUCCEEDED.equals(Api.text(task, "state"));
  }

  /** A heading and a line a task, in columns. */
  static List<String> table(List<JsonObject> tasks) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of("ID", "TYPE", "QUEUE", "STATE", "PRIO", "TRIES", "CREATED", "WORKER", "PROGRESS"));
    for (JsonObject task : tasks) {
      rows.add(
          List.of(
              cell(task, "id"),
              cell(task, "type"),
              cell(task, "queue"),
              cell(task, "state"),
              cell(task, "priority"),
              cell(task, "attempts") + "/" + cell(task, "maxAttempts"),
              cell(task, "createdAt").replaceFirst("\\.\\d+", ""),
              cell(task, "worker"),
              progress(task)));
    }
    return columns(rows);
  }

  /** Rows in columns that are as wide as they need. */
  static List<String> columns(List<List<String>> rows) {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append(String.format("%-" + (widths[i] + 2) + "s", row.get(i)));
    }
    return line.toString().stripTrailing();
  }

  /** What is known of a task now: {@code 12 steps ongoing, convert 40/100}. */
  static String line(JsonObject task) {
    StringBuilder line =
        new StringBuilder(cell(task, "id") + " " + cell(task, "type") + " " + cell(task, "state"));
    String progress = progress(task);
    if (!progress.isEmpty() && !hasEnded(task)) {
      line.append(", ").append(progress);
    }
    String error = Api.text(task, "error");
    // While it runs again, the error is that of the attempt before.
    if (error != null && !hasSucceeded(task) && !"ongoing".equals(Api.text(task, "state"))) {
      line.append(" (attempt ").append(cell(task, "attempts")).append(": ");
      line.append(firstLine(error)).append(')');
    }
    return line.toString();
  }

  private static String firstLine(String text) {
    String first = text.strip().lines().findFirst().orElse("");
    return first.length() > ERROR_WIDTH ? first.substring(0, ERROR_WIDTH) + "…" : first;
  }

  static String progress(JsonObject task) {
    JsonValue value = task.get("progress");
    if (value == null || value.getValueType() != JsonValue.ValueType.OBJECT) {
      return "";
    }
    JsonObject progress = value.asJsonObject();
    String step = Api.text(progress, "step");
    long total = number(progress, "total");
    String count = total > 0 ? number(progress, "done") + "/" + total : "";
    return step == null ? count : (step + " " + count).strip();
  }

  /** A whole number that may be missing: 0 then. */
  static long number(JsonObject object, String field) {
    JsonValue value = object.get(field);
    return value != null && value.getValueType() == JsonValue.ValueType.NUMBER
        ? object.getJsonNumber(field).longValue()
        : 0;
  }

  static String cell(JsonObject task, String field) {
    String text = Api.text(task, field);
    return text == null ? "" : text;
  }
}
