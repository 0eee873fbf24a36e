package dev.longshore.engine.run;

import dev.longshore.task.CurrentTask;
import dev.longshore.task.Outcome;
import dev.longshore.task.TaskTypes;
import jakarta.batch.api.AbstractBatchlet;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;

/** The one step of {@code longshore-long.xml}: calls the handler, outside of any transaction. */
@Named("longshoreHandler")
@Dependent
public class HandlerBatchlet extends AbstractBatchlet {

  @Inject private TaskTypes types;

  @Override
  public String process() throws Exception {
    RunningTask task = (RunningTask) CurrentTask.get();
    Outcome outcome = types.handler(task.type()).orElseThrow().run(task);
    task.outcome(NotDone.unlessSucceeded(task, outcome));
    return null;
  }
}
