package dev.longshore.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.task.TaskType;
import jakarta.json.JsonValue;
import org.junit.jupiter.api.Test;

class RunningTaskTest {

  /** Its chunk may stay open for long behind another's handler, which is not its time. */
  @Test
  void itsTimeIsOverWhenItsHandlerHasReturned() {
    Taken taken = new Taken(1, 2, "type", JsonValue.EMPTY_JSON_OBJECT, 1, 1, 5, 0, 0);
    RunningTask task = new RunningTask(taken, TaskType.handler("type"), 2, "worker", null);
    assertThat(task.millis()).isZero();

    task.begin();
    await().until(() -> task.millis() > 0);
    task.end();

    assertThat(task.millis()).isZero();
  }
}
