package dev.longshore.cli;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Shows progress until the work has ended, and whether it succeeded. */
@Command(
    name = "watch",
    description =
        "Shows a task's progress until it has ended; without an id, that of all unfinished ones."
            + " The exit code is 1 when a task failed or was cancelled.")
final class Watch implements Callable<Integer> {

  /** More than these are shown as counts. */
  private static final int ONE_BY_ONE = 20;

  private static final List<String> UNFINISHED = List.of("ongoing", "queued", "pending");

  @ParentCommand private Longshore longshore;

  @Parameters(arity = "0..1", paramLabel = "ID", description = "The task's id.")
  private Long id;

  @Option(names = "--json", description = "Prints the task as JSON at each change, one a line.")
  private boolean json;

  @Override
  public Integer call() {
    Api api = Api.of(longshore.settings);
    List<Long> ids = id != null ? List.of(id) : unfinished(api);
    if (ids.size() > ONE_BY_ONE) {
      return counts(api);
    }
    if (ids.isEmpty()) {
      longshore.console.say("Nothing is unfinished.");
      return Longshore.DONE;
    }
    try (Board board = Board.of(longshore.console, json)) {
      boolean succeeded =
          new Follow(api).untilEnded(ids, board).stream().allMatch(TaskLines::hasSucceeded);
      return succeeded ? Longshore.DONE : Longshore.WORK_FAILED;
    }
  }

  private static List<Long> unfinished(Api api) {
    List<Long> ids = new ArrayList<>();
    for (String state : UNFINISHED) {
      api.get("api/tasks?limit=" + (ONE_BY_ONE + 1) + "&state=" + state)
          .getJsonArray("items")
          .forEach(item -> ids.add(TaskLines.id(item.asJsonObject())));
    }
    return ids.stream().distinct().sorted().toList();
  }

  private int counts(Api api) {
    JsonObject first = states(api);
    String before = "";
    while (true) {
      JsonObject now = states(api);
      long unfinished = UNFINISHED.stream().mapToLong(s -> TaskLines.number(now, s)).sum();
      String line = json ? now.toString() : line(now, unfinished);
      if (!line.equals(before)) {
        longshore.console.print(line);
        before = line;
      }
      if (unfinished == 0) {
        return lost(now) > lost(first) ? Longshore.WORK_FAILED : Longshore.DONE;
      }
      Follow.pause();
    }
  }

  private static JsonObject states(Api api) {
    JsonValue states = api.get("api/stats").get("states");
    return states == null ? Json.createObjectBuilder().build() : states.asJsonObject();
  }

  private static String line(JsonObject states, long unfinished) {
    StringBuilder line = new StringBuilder(unfinished + " unfinished");
    states.forEach((state, count) -> line.append(", ").append(state).append(' ').append(count));
    return line.toString();
  }

  private static long lost(JsonObject states) {
    return TaskLines.number(states, "failed") + TaskLines.number(states, "cancelled");
  }
}
