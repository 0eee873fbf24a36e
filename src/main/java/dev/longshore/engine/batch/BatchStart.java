package dev.longshore.engine.batch;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Shutdown;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;
import org.jberet.spi.JobOperatorContext;

/** Makes {@code BatchRuntime.getJobOperator()} answer with this runtime. */
@ApplicationScoped
class BatchStart {

  @Inject Operator operator;

  void start(@Observes Startup event) {
    JobOperatorContext context = JobOperatorContext.create(operator);
    JobOperatorContext.setJobOperatorContextSelector(() -> context);
  }

  void stop(@Observes Shutdown event) {
    JobOperatorContext.setJobOperatorContextSelector(null);
  }
}
