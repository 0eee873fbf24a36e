package ${package};

import dev.longshore.task.Handler;
import dev.longshore.task.TaskContext;
import jakarta.validation.constraints.NotBlank;

/** Counts letters: change its payload, its result and its name to what you need. */
@Handler(name = "${name}", maxAttempts = 3, timeLimit = "PT30S")
public class ${class} {

  public record Payload(@NotBlank String text) {}

  public record Result(int letters, int attempt) {}

  Result run(Payload payload, TaskContext task) {
    return new Result(payload.text().length(), task.attempt());
  }
}
