package dev.longshore.task;

import jakarta.enterprise.context.ApplicationScoped;

/** Declares what {@link dev.longshore.docs.SendWelcome} declares, in the other way. */
@ApplicationScoped
public class SecondWelcome implements TaskHandler {

  @Override
  public TaskType type() {
    return TaskType.handler("welcome.send");
  }

  @Override
  public Outcome run(TaskContext task) {
    return Outcome.succeeded();
  }
}
