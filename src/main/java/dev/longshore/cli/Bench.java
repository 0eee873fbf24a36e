package dev.longshore.cli;

import dev.longshore.local.Home;
import dev.longshore.local.Servers;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.nio.file.Files;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Measures, on the node running in the home or on one of its own, and prints one JSON line. */
@Command(
    name = "bench",
    description =
        "Measures and prints one JSON line. Uses the node running in LONGSHORE_HOME, or starts one"
            + " and stops it again.")
final class Bench implements Callable<Integer> {

  /** What can be measured; more are to come. */
  enum Scenario {
    drain
  }

  @ParentCommand private Longshore longshore;

  @Option(names = "--tasks", paramLabel = "N", description = "How many; by default 10000.")
  private int tasks = 10_000;

  @Option(names = "--type", description = "Of which type; by default noop.")
  private String type = "noop";

  @Option(
      names = "--payload",
      paramLabel = "JSON|@FILE|@-",
      description = "What each task is given; by default {}.")
  private String payload = "{}";

  @Option(names = "--scenario", description = "What to measure: ${COMPLETION-CANDIDATES}.")
  private Scenario scenario = Scenario.drain;

  @Override
  public Integer call() {
    if (tasks < 1) {
      throw new CommandException(Longshore.BAD_INPUT, "--tasks " + tasks + " is below 1.");
    }
    Home home = longshore.settings.home();
    if (home.pid("launcher").live().isPresent()) {
      return measure(home);
    }
    longshore.console.say("No node runs in " + home.path() + ": starting one for the measurement.");
    try (Session session = Session.start(longshore, Map.of(), Longshore.WORK_FAILED)) {
      return measure(session.stack().home());
    }
  }

  private int measure(Home home) {
    Servers servers = Servers.read(home.serversEnv());
    if (servers.dbUrl() == null || !Files.exists(home.url())) {
      throw new CommandException(
          Longshore.BAD_INPUT, "The node in " + home.path() + " is not ready yet: wait for it.");
    }
    try (BenchTasks submitted = new BenchTasks(servers, "bench-" + System.currentTimeMillis())) {
      // Exhaustive: a new scenario must be dispatched here.
      JsonObject result =
          switch (scenario) {
            case drain -> drain(home, submitted);
          };
      longshore.console.print(result.toString());
      return result.getJsonNumber("failed").longValue() == 0
          ? Longshore.DONE
          : Longshore.WORK_FAILED;
    }
  }

  private JsonObject drain(Home home, BenchTasks submitted) {
    JsonObject template =
        Json.createObjectBuilder()
            .add("type", type)
            .add("payload", Payload.read(payload, longshore.console.in()))
            .build();
    return new DrainBench(longshore, home, submitted).run(template, tasks);
  }
}
