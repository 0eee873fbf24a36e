package dev.longshore.docs;

import dev.longshore.problem.InvalidInput;
import dev.longshore.task.Outcome;
import dev.longshore.task.TaskContext;
import dev.longshore.task.TaskHandler;
import dev.longshore.task.TaskType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;

@ApplicationScoped
public class Resize implements TaskHandler {

  @Inject
  @ConfigProperty(name = "resize.limit", defaultValue = "PT5M")
  private Duration limit;

  @Override
  public TaskType type() {
    return TaskType.handler("image.resize").withMaxAttempts(3).withTimeLimit(limit);
  }

  @Override
  public void check(JsonObject payload) {
    if (!payload.containsKey("file")) {
      throw InvalidInput.unfit("payload.file", "is missing.");
    }
  }

  @Override
  public Outcome run(TaskContext task) throws IOException {
    Path file = Path.of(task.payload().getString("file"));
    if (Files.notExists(file)) {
      return Outcome.failed("There is no file " + file);
    }
    return Outcome.succeeded();
  }
}
