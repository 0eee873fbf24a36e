package dev.longshore.cli;

import dev.longshore.local.Home;
import dev.longshore.local.Ports;
import dev.longshore.local.Servers;
import dev.longshore.local.Settings;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Measures, on the node running in the home or on one of its own; a JSON line a scenario. */
@Command(
    name = "bench",
    description =
        "Measures and prints one JSON line a scenario. Uses the node running in LONGSHORE_HOME, or"
            + " starts one and stops it again. docs/performance.md says what each measures.")
final class Bench implements Callable<Integer> {

  @ParentCommand private Longshore longshore;

  @Option(names = "--scenario", description = "What to measure: ${COMPLETION-CANDIDATES}.")
  private Scenario scenario = Scenario.drain;

  @Option(
      names = "--tasks",
      paramLabel = "N",
      description = "How many; by default what suits the scenario, 10000 for drain.")
  private Integer tasks;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "Finished tasks that history makes beforehand; by default 10000000.")
  private int rows = 10_000_000;

  @Option(
      names = "--type",
      description =
          "Of which type; by default noop, and effect for latency. Not for pipeline and mixed.")
  private String type;

  @Option(
      names = "--payload",
      paramLabel = "JSON|@FILE|@-",
      description = "What each task is given; by default {}.")
  private String payload;

  @Override
  public Integer call() {
    require(tasks == null || tasks >= 1, "--tasks " + tasks + " is below 1.");
    require(rows >= 1, "--rows " + rows + " is below 1.");
    require(
        type == null || scenario.ofAnyType || scenario == Scenario.all,
        "--type is not for " + scenario + ": it has types of its own.");
    JsonObject template = type == null && payload == null ? null : given();
    Home home = longshore.settings.home();
    boolean log = scenario.parts().contains(Scenario.log);
    List<Scenario> others = scenario.parts().stream().filter(s -> s != Scenario.log).toList();
    boolean failed = false;
    if (home.pid("launcher").live().isPresent()) {
      requireItsDatabase(home);
      boolean here = log && LogBench.hasWorkers(new BenchNode(home, longshore));
      failed = measure(longshore, here ? scenario.parts() : others, template);
      if (log && !here) {
        failed |= aside(template);
      }
    } else {
      longshore.console.say(
          "No node runs in " + home.path() + ": starting one for the measurement.");
      failed = !others.isEmpty() && measureOwn(longshore, Map.of(), others, template);
      failed |= log && measureOwn(longshore, LogBench.SETTINGS, List.of(Scenario.log), template);
    }
    return failed ? Longshore.WORK_FAILED : Longshore.DONE;
  }

  /** The node has its own: a figure would be of another database than was asked for. */
  private void requireItsDatabase(Home home) {
    String asked = longshore.settings.servers().dbUrl();
    String its = Servers.read(home.serversEnv()).dbUrl();
    require(
        asked == null || its == null || asked.equals(its),
        "LONGSHORE_DB_URL is not the database of the node that runs in "
            + home.path()
            + ", nothing was measured: unset it to measure that node, or set LONGSHORE_HOME to"
            + " another directory for one on your database.");
  }

  private JsonObject given() {
    return BenchTasks.template(
        type == null ? "noop" : type,
        Payload.read(payload == null ? "{}" : payload, longshore.console.in()));
  }

  /**
   * On servers of its own in the home of a node that has no workers for the scenario {@code log}.
   */
  private boolean aside(JsonObject template) {
    Path home = longshore.settings.home().path().resolve("bench-log");
    longshore.console.say(
        "The node has no workers for log: starting servers for it in " + home + ", beside.");
    Settings settings =
        longshore.settings.with(
            Map.of(
                "LONGSHORE_HOME", home.toString(),
                "LONGSHORE_HTTP_PORT", Integer.toString(Ports.free()),
                "LONGSHORE_HTTPS_PORT", "",
                "LONGSHORE_DB_URL", "",
                "LONGSHORE_BROKER_URL", ""));
    return measureOwn(
        new Longshore(longshore.console, settings),
        LogBench.SETTINGS,
        List.of(Scenario.log),
        template);
  }

  /**
   * Of a node that is there for the measurement alone.
   *
   * @return whether something failed
   */
  private boolean measureOwn(
      Longshore with, Map<String, String> node, List<Scenario> parts, JsonObject template) {
    try (Session session = Session.start(with, node, Longshore.WORK_FAILED)) {
      longshore.console.say("The node is ready at " + session.stack().url());
      return measure(with, parts, template);
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new CommandException(Longshore.BAD_INPUT, otherwise);
    }
  }

  private boolean measure(Longshore with, List<Scenario> parts, JsonObject template) {
    BenchNode node = new BenchNode(with.settings.home(), with);
    boolean failed = false;
    for (Scenario part : parts) {
      JsonObject result =
          measure(
              part,
              node,
              new BenchWork(
                  template == null ? part.template() : template,
                  tasks == null ? part.tasks : tasks,
                  rows));
      longshore.console.print(result.toString());
      failed |= result.getJsonNumber("failed").longValue() > 0;
    }
    return failed;
  }

  /** A scenario's own findings, its name before and the memory behind them. */
  private static JsonObject measure(Scenario scenario, BenchNode node, BenchWork work) {
    Resident resident = Resident.since(node.home());
    JsonObject found = scenario.measurement.run(node, work).build();
    JsonObjectBuilder result = Json.createObjectBuilder().add("scenario", scenario.name());
    found.forEach(result::add);
    return result.add("residentMiB", resident.toJson()).build();
  }
}
