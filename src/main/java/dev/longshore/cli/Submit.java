package dev.longshore.cli;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Submits one task. The node judges what it is given, so that rules stand in one place. */
@Command(name = "submit", description = "Submits a task and prints its id.")
final class Submit implements Callable<Integer> {

  private static final int CREATED = 201;

  @ParentCommand private Longshore longshore;

  @Parameters(paramLabel = "TYPE", description = "The task's type, such as noop.")
  private String type;

  @Option(
      names = "--payload",
      paramLabel = "JSON|@FILE|@-",
      description = "A JSON object, in a file or from standard input with @.")
  private String payload;

  @Option(names = "--queue", description = "By default the type's.")
  private String queue;

  @Option(names = "--priority", description = "0 to 9, 9 runs first; by default the type's.")
  private Integer priority;

  @Option(
      names = "--run-at",
      paramLabel = "TIME",
      description = "Not before then: ISO 8601 with offset, such as 2026-12-24T18:00:00+01:00.")
  private String runAt;

  @Option(names = "--key", description = "What it is about, to find it and to limit by.")
  private String key;

  @Option(
      names = "--unique-key",
      paramLabel = "KEY",
      description = "While a task of the type with this key is unfinished, that one answers.")
  private String uniqueKey;

  @Option(names = "--max-attempts", paramLabel = "N", description = "By default the type's.")
  private Integer maxAttempts;

  @Option(
      names = "--after",
      paramLabel = "ID",
      split = ",",
      description = "Starts once these tasks have succeeded; may be given several times.")
  private List<Long> after;

  @Option(
      names = "--on-dependency-failure",
      paramLabel = "WHAT",
      description = "When one of those does not succeed: cancel (by default), fail or run.")
  private String onDependencyFailure;

  @Option(names = "--json", description = "Prints the task as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    Api.Answer answer = Api.of(longshore.settings).post("api/tasks", task());
    JsonObject task = answer.body();
    String id = Api.text(task, "id");
    longshore.console.print(
        json
            ? task.toString()
            : "task "
                + id
                + (answer.status() == CREATED ? " submitted" : " stands already")
                + ", "
                + Api.text(task, "state"));
    return Longshore.DONE;
  }

  private JsonObject task() {
    JsonObjectBuilder task = Json.createObjectBuilder().add("type", type);
    if (payload != null) {
      task.add("payload", Payload.read(payload, longshore.console.in()));
    }
    if (runAt != null) {
      task.add("runAt", time(runAt));
    }
    if (priority != null) {
      task.add("priority", priority);
    }
    if (maxAttempts != null) {
      task.add("maxAttempts", maxAttempts);
    }
    add(task, "queue", queue);
    add(task, "key", key);
    add(task, "uniqueKey", uniqueKey);
    if (after != null) {
      JsonArrayBuilder ids = Json.createArrayBuilder();
      after.forEach(ids::add);
      task.add("after", ids);
    }
    add(task, "onDependencyFailure", onDependencyFailure);
    return task.build();
  }

  private static void add(JsonObjectBuilder task, String field, String value) {
    if (value != null) {
      task.add(field, value);
    }
  }

  private static String time(String text) {
    try {
      return OffsetDateTime.parse(text).toString();
    } catch (DateTimeException e) {
      throw new CommandException(
          Longshore.BAD_INPUT,
          "--run-at \""
              + text
              + "\" is no time with an offset, nothing was submitted:"
              + " give it as in 2026-12-24T18:00:00+01:00.");
    }
  }
}
