package dev.longshore.engine.batch;

import org.jberet.runtime.context.StepContextImpl;
import org.jberet.runtime.runner.StepExecutionRunner;
import org.jberet.runtime.runner.ThreadPartitionHandler;
import org.jberet.spi.PartitionHandler;
import org.jberet.spi.PartitionHandlerFactory;

/**
 * Records how many partitions a step is going to run, before it runs the first. Without that, a
 * restart of a step that ended before all had begun (its mapper threw, its thread was interrupted)
 * would take those that had begun for all there are. JBeret finds it as a service.
 */
public final class PartitionCount implements PartitionHandlerFactory {

  @Override
  public PartitionHandler createPartitionHandler(StepContextImpl step, StepExecutionRunner runner) {
    return new ThreadPartitionHandler(runner) {
      @Override
      public void submitPartitionTask(StepContextImpl partition, int index, int count) {
        if (index == 0
            && step.getJobContext().getJobRepository() instanceof Repository repository) {
          repository.recordPartitions(step.getStepExecutionId(), count);
        }
        super.submitPartitionTask(partition, index, count);
      }
    };
  }
}
