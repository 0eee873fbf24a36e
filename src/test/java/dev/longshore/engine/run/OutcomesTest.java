package dev.longshore.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.engine.batch.JobEnd;
import dev.longshore.task.Outcome;
import dev.longshore.task.TaskType;
import jakarta.batch.runtime.BatchStatus;
import jakarta.json.Json;
import org.junit.jupiter.api.Test;

class OutcomesTest {

  private final RunningTask pipeline = Attempts.of(TaskType.pipeline("pipeline"));

  @Test
  void aPipelinesResultIsTheExitStatusThatItsAuthorHasSet() {
    assertThat(Outcomes.of(pipeline, completed("COMPLETED"))).isEqualTo(Outcome.succeeded());
    assertThat(Outcomes.of(pipeline, completed(null))).isEqualTo(Outcome.succeeded());
    assertThat(Outcomes.of(pipeline, completed("42 rows")))
        .isEqualTo(
            Outcome.succeeded(Json.createObjectBuilder().add("exitStatus", "42 rows").build()));
  }

  private static JobEnd completed(String exitStatus) {
    return new JobEnd(1, BatchStatus.COMPLETED, exitStatus, null, false, null);
  }
}
