package dev.longshore.cli;

import dev.longshore.local.Installation;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Everything once, for people who have just arrived. */
@Command(
    name = "demo",
    description =
        "Starts the servers, submits issues whose commands do something real and a pipeline with"
            + " several steps, shows them until they have ended, and stops everything.")
final class Demo implements Callable<Integer> {

  /** What liberty/demo-issue.sh knows how to do. */
  private static final List<String> ISSUES =
      List.of(
          "Count the lines of Longshore's sources",
          "Hash the application that is running",
          "Compress the sources and measure what is saved",
          "Fail at the first attempt and succeed at the second",
          "Find the longest file of the sources");

  @ParentCommand private Longshore longshore;

  @Override
  public Integer call() {
    Console console = longshore.console;
    console.say("Starting PostgreSQL, Artemis and Open Liberty; this takes a moment.");
    try (Session session = Session.start(longshore, issueCommand(), Longshore.WORK_FAILED)) {
      console.print("ready " + session.stack().url());
      Api api = Api.of(longshore.settings);
      Map<Long, Long> issues = new LinkedHashMap<>();
      Map<Long, String> submitted = submit(api, issues);
      console.print(submitted.size() + " tasks submitted:");
      submitted.forEach((id, what) -> console.print("  " + id + "  " + what));
      List<JsonObject> ended;
      try (Board board = Board.of(console, false)) {
        ended = new Follow(api).untilEnded(submitted.keySet(), board);
      }
      console.print("");
      issues.forEach((task, issue) -> console.print("  " + output(api, issue)));
      boolean succeeded = summary(ended, submitted);
      console.print(
          "All of this ran on "
              + session.stack().url()
              + "; \"./longshore up\" starts it to stay.");
      return succeeded ? Longshore.DONE : Longshore.WORK_FAILED;
    }
  }

  /** The node's setting: quoted, since directories have spaces in their names. */
  private Map<String, String> issueCommand() {
    Path checkout = Installation.current().checkout();
    return Map.of(
        "LONGSHORE_ISSUE_COMMAND",
        "sh \"" + checkout.resolve("liberty/demo-issue.sh") + "\" {id} {description}");
  }

  /**
   * Submits it all.
   *
   * @param issues takes the issues' ids by their tasks'
   * @return what was submitted, by the tasks' ids
   */
  private static Map<Long, String> submit(Api api, Map<Long, Long> issues) {
    Map<Long, String> submitted = new LinkedHashMap<>();
    for (String description : ISSUES) {
      JsonObject issue =
          api.post("api/issues", Json.createObjectBuilder().add("description", description).build())
              .body();
      long task = issue.getJsonNumber("task").longValue();
      issues.put(task, TaskLines.id(issue));
      submitted.put(task, "issue: " + description);
    }
    JsonObject steps =
        Json.createObjectBuilder()
            .add("type", "steps")
            .add(
                "payload",
                Json.createObjectBuilder().add("steps", 3).add("items", 200).add("millis", 20))
            .build();
    submitted.put(
        TaskLines.id(api.post("api/tasks", steps).body()),
        "pipeline: three steps, one of them over 200 items with checkpoints");
    return submitted;
  }

  private boolean summary(List<JsonObject> ended, Map<Long, String> submitted) {
    List<String> failures = new ArrayList<>();
    longshore.console.print("");
    for (JsonObject task : ended) {
      String what = submitted.get(TaskLines.id(task));
      longshore.console.print(
          String.format(
              "  %-10s %s attempt%s %6.1f s  %s",
              Api.text(task, "state"),
              TaskLines.cell(task, "attempts"),
              TaskLines.number(task, "attempts") == 1 ? " " : "s",
              seconds(task),
              what));
      if (!TaskLines.hasSucceeded(task)) {
        failures.add(TaskLines.line(task));
      }
    }
    longshore.console.print("");
    longshore.console.print(
        failures.isEmpty()
            ? "All " + ended.size() + " succeeded."
            : failures.size() + " of " + ended.size() + " did not succeed:");
    failures.forEach(longshore.console::print);
    return failures.isEmpty();
  }

  /** What the issue's command has written, on one line. */
  private static String output(Api api, long issue) {
    return api.text("api/issues/" + issue + "/log").strip().replaceAll("\\R", " / ");
  }

  /** From submission to end. */
  private static double seconds(JsonObject task) {
    String created = Api.text(task, "createdAt");
    String ended = Api.text(task, "endedAt");
    if (created == null || ended == null) {
      return 0;
    }
    return Duration.between(OffsetDateTime.parse(created), OffsetDateTime.parse(ended)).toMillis()
        / 1e3;
  }
}
