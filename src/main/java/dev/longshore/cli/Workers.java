package dev.longshore.cli;

import jakarta.json.Json;
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

/** Lists the nodes, and asks one to take no more work or to take work again. */
@Command(
    name = "workers",
    description = "Lists the nodes; drains one, or has it take work again.",
    synopsisSubcommandLabel = "[list | drain ID | undrain ID]")
final class Workers implements Callable<Integer> {

  @ParentCommand private Longshore longshore;

  @Option(names = "--json", description = "Prints the nodes as JSON: {\"items\": […], …}.")
  private boolean json;

  @Override
  public Integer call() {
    JsonObject page = Api.of(longshore.settings).get("api/workers");
    if (json) {
      longshore.console.print(page.toString());
      return Longshore.DONE;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("ID", "STATE", "HOST", "PROCESS", "RUNNING", "STARTED", "SEEN"));
    for (JsonValue item : page.getJsonArray("items")) {
      JsonObject worker = item.asJsonObject();
      rows.add(
          List.of(
              TaskLines.cell(worker, "id"),
              TaskLines.cell(worker, "state"),
              TaskLines.cell(worker, "host"),
              TaskLines.cell(worker, "pid"),
              TaskLines.cell(worker, "running"),
              TaskLines.cell(worker, "startedAt").replaceFirst("\\.\\d+", ""),
              TaskLines.cell(worker, "seenAt").replaceFirst("\\.\\d+", "")));
    }
    TaskLines.columns(rows).forEach(longshore.console::print);
    return Longshore.DONE;
  }

  @Command(name = "list", description = "Lists the nodes, living and gone.")
  int list(@Option(names = "--json", description = "Prints them as JSON.") boolean asJson) {
    json |= asJson;
    return call();
  }

  @Command(
      name = "drain",
      description = "Asks a node to take no more work; what it runs is handed back after a while.")
  int drain(
      @Parameters(paramLabel = "ID", description = "The node's id.") String id,
      @Option(
              names = "--timeout",
              paramLabel = "DURATION",
              description =
                  "How long what it runs may go on: PT30S, PT2H. By default as it is set.")
          String timeout) {
    return ask(id, "drain" + (timeout == null ? "" : "?timeout=" + encode(timeout)));
  }

  @Command(name = "undrain", description = "Asks a node that drains to take work again.")
  int undrain(@Parameters(paramLabel = "ID", description = "The node's id.") String id) {
    return ask(id, "undrain");
  }

  private int ask(String id, String what) {
    JsonObject worker =
        Api.of(longshore.settings)
            .post("api/workers/" + encode(id) + "/" + what, Json.createObjectBuilder().build())
            .body();
    longshore.console.print(
        "worker "
            + TaskLines.cell(worker, "id")
            + " "
            + TaskLines.cell(worker, "state")
            + ", "
            + TaskLines.cell(worker, "running")
            + " running");
    return Longshore.DONE;
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
