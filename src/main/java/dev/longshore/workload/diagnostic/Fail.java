package dev.longshore.workload.diagnostic;

import dev.longshore.task.Outcome;
import dev.longshore.task.TaskContext;
import dev.longshore.task.TaskHandler;
import dev.longshore.task.TaskType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** {@code fail {"times": n}}: fails its first n attempts, every one without n. In the long lane. */
@ApplicationScoped
public class Fail implements TaskHandler {

  @Inject private Diagnostics diagnostics;

  @Override
  public TaskType type() {
    return TaskType.handler("fail");
  }

  @Override
  public boolean enabled() {
    return diagnostics.enabled();
  }

  @Override
  public Outcome run(TaskContext task) {
    try {
      int times = Parameter.whole(task.payload(), "times", Integer.MAX_VALUE);
      return task.attempt() <= times
          ? Outcome.retry("Attempt " + task.attempt() + " failed, as it was asked to.")
          : Outcome.succeeded();
    } catch (Parameter.Wrong e) {
      return Outcome.failed(e.getMessage());
    }
  }
}
