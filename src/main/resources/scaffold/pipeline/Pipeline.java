package ${package};

import dev.longshore.task.Pipeline;
import dev.longshore.task.TaskType;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Declares the type; its steps stand in META-INF/batch-jobs/${name}.xml. */
@ApplicationScoped
public class ${class} implements Pipeline {

  @Override
  public TaskType type() {
    return TaskType.pipeline("${name}").withMaxAttempts(3).withTimeLimit(Duration.ofHours(1));
  }
}
