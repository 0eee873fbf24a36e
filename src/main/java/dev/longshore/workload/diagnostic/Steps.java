package dev.longshore.workload.diagnostic;

import dev.longshore.task.Pipeline;
import dev.longshore.task.TaskType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/**
 * {@code steps {"steps": n, "items": m, "millis": t, "failAt": i}}: a pipeline of three steps whose
 * last one is a chunk of m items, {@code META-INF/batch-jobs/steps.xml}.
 */
@ApplicationScoped
public class Steps implements Pipeline {

  @Inject private Diagnostics diagnostics;

  @Override
  public TaskType type() {
    return TaskType.pipeline("steps");
  }

  @Override
  public boolean enabled() {
    return diagnostics.enabled();
  }
}
