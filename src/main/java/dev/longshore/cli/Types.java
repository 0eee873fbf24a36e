package dev.longshore.cli;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Lists task types; its subcommands pause and resume one. */
@Command(
    name = "types",
    description = "Lists the task types and their limits; pauses and resumes one.")
final class Types implements Callable<Integer> {

  @ParentCommand private Longshore longshore;

  @Option(names = "--json", description = "Prints them as JSON: {\"items\": […], \"next\": null}.")
  private boolean json;

  @Override
  public Integer call() {
    JsonObject page = Api.of(longshore.settings).get("api/types");
    if (json) {
      longshore.console.print(page.toString());
      return Longshore.DONE;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("TYPE", "LANE", "QUEUE", "PAUSED", "LIMIT", "KEY LIMIT", "RATE", "KEY RATE"));
    for (JsonValue item : page.getJsonArray("items")) {
      JsonObject type = item.asJsonObject();
      rows.add(
          List.of(
              TaskLines.cell(type, "name"),
              TaskLines.cell(type, "lane"),
              TaskLines.cell(type, "queue"),
              type.getBoolean("paused") ? "paused" : "",
              TaskLines.cell(type, "limit"),
              TaskLines.cell(type, "keyLimit"),
              TaskLines.cell(type, "rate"),
              TaskLines.cell(type, "keyRate")));
    }
    TaskLines.columns(rows).forEach(longshore.console::print);
    return Longshore.DONE;
  }

  @Command(name = "pause", description = "Has a type's tasks wait; what is under way goes on.")
  Integer pause(@Parameters(paramLabel = "TYPE") String type) {
    Api.of(longshore.settings).post(path(type) + "/pause", JsonValue.EMPTY_JSON_OBJECT);
    longshore.console.print("type " + type + " paused");
    return Longshore.DONE;
  }

  @Command(name = "resume", description = "Has a type's tasks go on.")
  Integer resume(@Parameters(paramLabel = "TYPE") String type) {
    Api.of(longshore.settings).post(path(type) + "/resume", JsonValue.EMPTY_JSON_OBJECT);
    longshore.console.print("type " + type + " resumed");
    return Longshore.DONE;
  }

  private static String path(String type) {
    return "api/types/" + URLEncoder.encode(type, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
