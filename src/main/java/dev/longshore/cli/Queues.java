package dev.longshore.cli;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
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

/** Lists queues; its subcommands pause, resume and limit one. */
@Command(
    name = "queues",
    description = "Lists the queues and their limits; pauses, resumes and limits one.")
final class Queues implements Callable<Integer> {

  @ParentCommand private Longshore longshore;

  @Option(names = "--json", description = "Prints them as JSON: {\"items\": […], \"next\": null}.")
  private boolean json;

  @Override
  public Integer call() {
    JsonObject page = Api.of(longshore.settings).get("api/queues");
    if (json) {
      longshore.console.print(page.toString());
      return Longshore.DONE;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("QUEUE", "PAUSED", "LIMIT", "KEY LIMIT", "RATE", "KEY RATE"));
    for (JsonValue item : page.getJsonArray("items")) {
      JsonObject queue = item.asJsonObject();
      rows.add(
          List.of(
              TaskLines.cell(queue, "name"),
              queue.getBoolean("paused") ? "paused" : "",
              TaskLines.cell(queue, "limit"),
              TaskLines.cell(queue, "keyLimit"),
              TaskLines.cell(queue, "rate"),
              TaskLines.cell(queue, "keyRate")));
    }
    TaskLines.columns(rows).forEach(longshore.console::print);
    return Longshore.DONE;
  }

  @Command(name = "pause", description = "Has a queue's tasks wait; what is under way goes on.")
  Integer pause(@Parameters(paramLabel = "QUEUE") String queue) {
    Api.of(longshore.settings).post(path(queue) + "/pause", JsonValue.EMPTY_JSON_OBJECT);
    longshore.console.print("queue " + queue + " paused");
    return Longshore.DONE;
  }

  @Command(name = "resume", description = "Has a queue's tasks go on.")
  Integer resume(@Parameters(paramLabel = "QUEUE") String queue) {
    Api.of(longshore.settings).post(path(queue) + "/resume", JsonValue.EMPTY_JSON_OBJECT);
    longshore.console.print("queue " + queue + " resumed");
    return Longshore.DONE;
  }

  @Command(
      name = "limit",
      description = "Sets all limits of a queue at once; those that are not given are taken away.")
  Integer limit(
      @Parameters(paramLabel = "QUEUE") String queue,
      @Option(
              names = "--limit",
              paramLabel = "N",
              description = "So many tasks under way at once, over all nodes.")
          Integer tasks,
      @Option(
              names = "--key-limit",
              paramLabel = "N",
              description = "So many of one key; with 1 its tasks run in order.")
          Integer perKey,
      @Option(
              names = "--rate",
              paramLabel = "N/INTERVAL",
              description = "So many starts in an interval, such as 10/PT1M.")
          String rate,
      @Option(
              names = "--key-rate",
              paramLabel = "N/INTERVAL",
              description = "So many starts of one key in an interval.")
          String keyRate) {
    JsonObjectBuilder limits = Json.createObjectBuilder();
    if (tasks != null) {
      limits.add("limit", tasks);
    }
    if (perKey != null) {
      limits.add("keyLimit", perKey);
    }
    if (rate != null) {
      limits.add("rate", rate);
    }
    if (keyRate != null) {
      limits.add("keyRate", keyRate);
    }
    longshore.console.print(Api.of(longshore.settings).put(path(queue), limits.build()).toString());
    return Longshore.DONE;
  }

  private static String path(String queue) {
    return "api/queues/" + URLEncoder.encode(queue, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
