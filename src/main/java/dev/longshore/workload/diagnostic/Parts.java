package dev.longshore.workload.diagnostic;

import dev.longshore.task.Pipeline;
import dev.longshore.task.TaskType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/**
 * {@code parts {"items": m, "millis": t}}: a pipeline whose two flows run at once, the one a step,
 * the other a step in three partitions, {@code META-INF/batch-jobs/parts.xml}. Each of the four has
 * m items; the later they are, the longer each takes, so that they end one after the other.
 */
@ApplicationScoped
public class Parts implements Pipeline {

  @Inject private Diagnostics diagnostics;

  @Override
  public TaskType type() {
    return TaskType.pipeline("parts");
  }

  @Override
  public boolean enabled() {
    return diagnostics.enabled();
  }
}
