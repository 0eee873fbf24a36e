package ${package};

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.problem.InvalidInput;
import dev.longshore.task.TaskState;
import dev.longshore.test.TestHandler;
import dev.longshore.test.TestTask;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ${class}Test {

  private final TestHandler handler = TestHandler.of(${class}.class).start();

  @Test
  void itCounts() {
    TestTask task = handler.submit(new ${class}.Payload("seven"));
    assertThat(task.state()).isEqualTo(TaskState.SUCCEEDED);
    assertThat(task.result(${class}.Result.class).letters()).isEqualTo(5);
  }

  @Test
  void nothingIsRefused() {
    assertThatThrownBy(() -> handler.submit(new ${class}.Payload("")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("payload.text");
  }

  @Test
  void afterATimeOutItIsTriedAgain() {
    TestTask task = handler.timeOutNext().submit(new ${class}.Payload("again"));
    assertThat(task.state()).isEqualTo(TaskState.PENDING);
    handler.advance(Duration.ofSeconds(2));
    assertThat(task.result(${class}.Result.class).attempt()).isEqualTo(2);
  }
}
