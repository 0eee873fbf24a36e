package dev.longshore.workload.issue;

import dev.longshore.task.Outcome;
import dev.longshore.task.TaskContext;
import dev.longshore.task.TaskHandler;
import dev.longshore.task.TaskType;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Runs the configured command for one issue. Exit code 0 completes the issue; anything else is
 * tried again while attempts are left.
 */
@ApplicationScoped
public class IssueHandler implements TaskHandler {

  private static final Duration TICK = Duration.ofMillis(200);
  private static final int TICKS_A_LOOK = 5;

  @Inject IssueSettings settings;
  @Inject RunLog log;

  @Resource(lookup = "java:comp/DefaultManagedThreadFactory")
  ManagedThreadFactory threads;

  @Override
  public TaskType type() {
    settings.check();
    return TaskType.handler("issue")
        .withMaxAttempts(settings.maxAttempts())
        .withTimeLimit(settings.timeLimit());
  }

  @Override
  public Outcome run(TaskContext task) throws InterruptedException {
    int issue = task.payload().getInt("issue");
    List<String> words = settings.command().fill(issue, task.payload().getString("description"));
    Map<String, String> environment = settings.environment();
    environment.put("LONGSHORE_ISSUE", Integer.toString(issue));
    environment.put("LONGSHORE_TASK", Long.toString(task.id()));
    environment.put("LONGSHORE_ATTEMPT", Integer.toString(task.attempt()));
    Output output = new Output(settings.logLimit());
    CommandRun command;
    try {
      command =
          CommandRun.start(
              words,
              settings.directory(),
              environment,
              output,
              settings.grace(),
              threads::newThread);
    } catch (CommandRun.CannotStart e) {
      return e.forGood() ? Outcome.failed(e.getMessage()) : Outcome.retry(e.getMessage());
    }
    Recorder recorder = Recorder.of(log, task, command.pid(), output, threads::newThread);
    try {
      watch(task, command);
    } finally {
      command.close(); // however it went: nothing of it goes on
      recorder.end(command.exitCode().orElse(null));
    }
    return outcome(command.exitCode().orElseThrow(), output);
  }

  /** Asks nobody: what ends the command must not wait for PostgreSQL. */
  private static void watch(TaskContext task, CommandRun command) throws InterruptedException {
    for (int tick = 1; !command.ended(TICK); tick++) {
      if (task.stopRequested()) {
        throw new InterruptedException("The attempt is to stop");
      }
      if (tick % TICKS_A_LOOK == 0) {
        command.look();
      }
    }
  }

  private static Outcome outcome(int exitCode, Output output) {
    if (exitCode == 0) {
      return Outcome.succeeded(Json.createObjectBuilder().add("exitCode", 0).build());
    }
    String tail = output.tail();
    return Outcome.retry(
        "The command ended with exit code "
            + exitCode
            + (exitCode > 128 ? " (signal " + (exitCode - 128) + ")" : "")
            + (tail.isEmpty() ? ", without output." : ". Its output ended with:\n" + tail));
  }
}
