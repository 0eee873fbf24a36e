package ${package};

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.task.TaskState;
import dev.longshore.test.TestPipeline;
import dev.longshore.test.TestTask;
import jakarta.json.Json;
import org.junit.jupiter.api.Test;

class ${class}Test {

  private final TestPipeline pipeline =
      TestPipeline.of(${class}.class)
          .artifacts(
              ${class}Steps.Check.class,
              ${class}Steps.Reader.class,
              ${class}Steps.Processor.class,
              ${class}Steps.Writer.class)
          .start();

  @Test
  void itWritesEveryItem() {
    TestTask task = pipeline.run(Json.createObjectBuilder().add("items", 25).build());
    assertThat(task.state()).isEqualTo(TaskState.SUCCEEDED);
    assertThat(task.progress()).extracting(TestTask.Progress::done).containsExactly(10L, 20L, 25L);
  }

  @Test
  void aWrongPayloadFails() {
    TestTask task = pipeline.run(Json.createObjectBuilder().add("items", -1).build());
    assertThat(task.error()).contains("items is below 0.");
  }
}
