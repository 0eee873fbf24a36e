package dev.longshore.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.task.Outcome;
import dev.longshore.task.TaskType;
import jakarta.json.JsonValue;
import org.junit.jupiter.api.Test;

class RunningTaskTest {

  @Test
  void whatAnOutageBrokeComesAgainUncounted() {
    RunningTask task = task();

    task.failed(new IllegalStateException("broken"), true, new Outcome.Outage("away", 1));

    assertThat(task.failedAlone()).isTrue();
    assertThat(task.outcome()).isEqualTo(new Outcome.Outage("away", 1));
  }

  static RunningTask task() {
    Taken taken = new Taken(1, 2, "type", JsonValue.EMPTY_JSON_OBJECT, 1, 1, 5, 0, 0, null);
    return new RunningTask(taken, TaskType.handler("type"), 2, "worker", null);
  }

  /** Its chunk may stay open for long behind another's handler, which is not its time. */
  @Test
  void itsTimeIsOverWhenItsHandlerHasReturned() {
    RunningTask task = task();
    assertThat(task.millis()).isZero();

    task.begin();
    await().until(() -> task.millis() > 0);
    task.end();

    assertThat(task.millis()).isZero();
  }
}
