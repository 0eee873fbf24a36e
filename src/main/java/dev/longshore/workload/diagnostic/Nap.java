package dev.longshore.workload.diagnostic;

import dev.longshore.task.Lane;
import dev.longshore.task.Outcome;
import dev.longshore.task.TaskContext;
import dev.longshore.task.TaskHandler;
import dev.longshore.task.TaskType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/**
 * {@code nap {"millis": n}}: takes its time in the quick lane, where the size of claims and chunks
 * follows from it.
 */
@ApplicationScoped
public class Nap implements TaskHandler {

  @Inject private Diagnostics diagnostics;

  @Override
  public TaskType type() {
    return TaskType.handler("nap").withLane(Lane.QUICK);
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
