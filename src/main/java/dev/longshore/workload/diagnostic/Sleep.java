package dev.longshore.workload.diagnostic;

import dev.longshore.task.Outcome;
import dev.longshore.task.TaskContext;
import dev.longshore.task.TaskHandler;
import dev.longshore.task.TaskType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** {@code sleep {"millis": n}}: takes its time in the long lane, and ends at once when stopped. */
@ApplicationScoped
public class Sleep implements TaskHandler {

  @Inject private Diagnostics diagnostics;

  @Override
  public TaskType type() {
    return TaskType.handler("sleep");
  }

  @Override
  public boolean enabled() {
    return diagnostics.enabled();
  }

  @Override
  public Outcome run(TaskContext task) throws InterruptedException {
    try {
      Thread.sleep(Parameter.whole(task.payload(), "millis", 0));
      return Outcome.succeeded();
    } catch (Parameter.Wrong e) {
      return Outcome.failed(e.getMessage());
    }
  }
}
