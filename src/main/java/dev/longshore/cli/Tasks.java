package dev.longshore.cli;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Lists tasks, newest first. */
@Command(name = "tasks", description = "Lists tasks, newest first.")
final class Tasks implements Callable<Integer> {

  @ParentCommand private Longshore longshore;

  @Option(
      names = "--state",
      description = "pending, queued, ongoing, succeeded, failed or cancelled.")
  private String state;

  @Option(names = "--type", description = "Only this type.")
  private String type;

  @Option(names = "--queue", description = "Only this queue.")
  private String queue;

  @Option(names = "--key", description = "Only this key.")
  private String key;

  @Option(names = "--limit", paramLabel = "N", description = "At most so many; by default 20.")
  private int limit = 20;

  @Option(names = "--json", description = "Prints the page as JSON: {\"items\": […], \"next\": …}.")
  private boolean json;

  @Override
  public Integer call() {
    StringBuilder path = new StringBuilder("api/tasks?limit=" + limit);
    filter(path, "state", state);
    filter(path, "type", type);
    filter(path, "queue", queue);
    filter(path, "key", key);
    JsonObject page = Api.of(longshore.settings).get(path.toString());
    if (json) {
      longshore.console.print(page.toString());
      return Longshore.DONE;
    }
    List<JsonObject> tasks =
        page.getJsonArray("items").stream().map(JsonValue::asJsonObject).toList();
    if (tasks.isEmpty()) {
      longshore.console.say("No such tasks.");
      return Longshore.DONE;
    }
    TaskLines.table(tasks).forEach(longshore.console::print);
    return Longshore.DONE;
  }

  private static void filter(StringBuilder path, String name, String value) {
    if (value != null) {
      path.append('&')
          .append(name)
          .append('=')
          .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
  }
}
