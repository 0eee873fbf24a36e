package dev.longshore.cli;

import dev.longshore.local.Home;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
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

  private static final String TYPE = "noop";

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
      description = "Of which type; by default noop. Not for pipeline and mixed.")
  private String type;

  @Option(
      names = "--payload",
      paramLabel = "JSON|@FILE|@-",
      description = "What each task is given; by default {}.")
  private String payload = "{}";

  @Override
  public Integer call() {
    require(tasks == null || tasks >= 1, "--tasks " + tasks + " is below 1.");
    require(rows >= 1, "--rows " + rows + " is below 1.");
    require(
        type == null || scenario.ofAnyType || scenario == Scenario.all,
        "--type is not for " + scenario + ": it has types of its own.");
    JsonObject template =
        BenchTasks.template(
            type == null ? TYPE : type, Payload.read(payload, longshore.console.in()));
    Home home = longshore.settings.home();
    if (home.pid("launcher").live().isPresent()) {
      return measure(home, template);
    }
    longshore.console.say("No node runs in " + home.path() + ": starting one for the measurement.");
    try (Session session = Session.start(longshore, settings(), Longshore.WORK_FAILED)) {
      return measure(session.stack().home(), template);
    }
  }

  /** Of a node that is there for the measurement alone. */
  private Map<String, String> settings() {
    return scenario.parts().contains(Scenario.log)
        ? Map.of(LogBench.WORKERS_SETTING, Integer.toString(LogBench.WORKERS))
        : Map.of();
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new CommandException(Longshore.BAD_INPUT, otherwise);
    }
  }

  private int measure(Home home, JsonObject template) {
    BenchNode node = new BenchNode(home, longshore);
    boolean failed = false;
    for (Scenario part : scenario.parts()) {
      JsonObject result =
          measure(part, node, new BenchWork(template, tasks == null ? part.tasks : tasks, rows));
      longshore.console.print(result.toString());
      failed |= result.getJsonNumber("failed").longValue() > 0;
    }
    return failed ? Longshore.WORK_FAILED : Longshore.DONE;
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
