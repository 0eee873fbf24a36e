package dev.longshore.workload.diagnostic;

import dev.longshore.task.TaskContext;
import jakarta.batch.api.AbstractBatchlet;
import jakarta.batch.api.BatchProperty;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;

/** The steps before the chunk: each takes its time and leaves nothing behind. */
@Named("diagnosticStep")
@Dependent
public class StepsBatchlet extends AbstractBatchlet {

  @Inject private TaskContext task;

  /** {@code first}, or {@code middle} for all that come before the last. */
  @Inject
  @BatchProperty(name = "position")
  private String position;

  @Override
  public String process() throws Exception {
    StepsPayload payload = StepsPayload.of(task.payload());
    int from = position.equals("first") ? 1 : 2;
    int to = position.equals("first") ? 1 : payload.steps() - 1;
    for (int step = from; step <= to; step++) {
      task.progress("step " + step + " of " + payload.steps(), 0, 0);
      Thread.sleep(payload.millis());
    }
    return null;
  }
}
