package dev.longshore.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.task.TaskMoved;
import dev.longshore.task.TaskState;
import org.junit.jupiter.api.Test;

class TaskLogTest {

  @Test
  void aLineHasTheSameFieldsAlways() {
    TaskMoved moved =
        new TaskMoved(
            7, "noop", TaskState.ONGOING, TaskState.PENDING, 2, 9, "w1", "retry", 12, "no\nat X");
    assertThat(TaskLog.line(moved, TaskLog.fields(moved)))
        .isEqualTo(
            "ongoing -> pending, retry: task=7 type=noop attempt=2 claim=9 worker=w1 ms=12"
                + " error=no");
  }
}
