package dev.longshore.workload.diagnostic;

import dev.longshore.task.Lane;
import dev.longshore.task.Outcome;
import dev.longshore.task.TaskContext;
import dev.longshore.task.TaskHandler;
import dev.longshore.task.TaskType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** {@code noop}: nothing, in the quick lane. */
@ApplicationScoped
public class Noop implements TaskHandler {

  @Inject private Diagnostics diagnostics;

  @Override
  public TaskType type() {
    return TaskType.handler("noop").withLane(Lane.QUICK);
  }

  @Override
  public boolean enabled() {
    return diagnostics.enabled();
  }

  @Override
  public Outcome run(TaskContext task) {
    return Outcome.succeeded();
  }
}
