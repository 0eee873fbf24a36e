package dev.longshore.test;

import dev.longshore.task.TaskContext;
import dev.longshore.task.TaskType;
import jakarta.json.JsonObject;
import java.time.Duration;

/** An attempt at a task, as the handler sees it. */
final class TaskCall extends RunningCall implements TaskContext {

  private final TestTask task;
  private final TaskType type;
  private final TestClock clock;

  TaskCall(TestTask task, TaskType type, TestClock clock) {
    this.task = task;
    this.type = type;
    this.clock = clock;
  }

  @Override
  public long id() {
    return task.id();
  }

  @Override
  public TaskType type() {
    return type;
  }

  @Override
  public JsonObject payload() {
    return task.payload();
  }

  @Override
  public int attempt() {
    return task.runs() + 1;
  }

  @Override
  public long claim() {
    return attempt();
  }

  @Override
  public String worker() {
    return "test";
  }

  @Override
  public boolean stopRequested() {
    return isStopRequested();
  }

  @Override
  public void progress(String step, long done, long total) {
    task.progressed(new TestTask.Progress(step, done, total));
  }

  @Override
  Duration limit() {
    return type.timeLimit().orElse(Duration.ZERO);
  }

  @Override
  void timePasses(Duration by) {
    clock.advance(by);
  }
}
