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
    assertThat(Outcomes.of(pipeline, completed("COMPLETED"), false)).isEqualTo(Outcome.succeeded());
    assertThat(Outcomes.of(pipeline, completed(null), false)).isEqualTo(Outcome.succeeded());
    assertThat(Outcomes.of(pipeline, completed("42 rows"), false))
        .isEqualTo(
            Outcome.succeeded(Json.createObjectBuilder().add("exitStatus", "42 rows").build()));
  }

  @Test
  void anAttemptThatFailedForAnOutageOfPostgresqlDoesNotCount() {
    JobEnd end = JobEnd.failed(new IllegalStateException("no answer"));
    assertThat(Outcomes.of(pipeline, end, false))
        .isEqualTo(Outcome.retry("java.lang.IllegalStateException: no answer"));
    assertThat(Outcomes.of(pipeline, end, true))
        .isEqualTo(
            new Outcome.Outage(
                "PostgreSQL was away: java.lang.IllegalStateException: no answer", 1));
  }

  /** It has come further than the last time, whatever becomes of it in the end. */
  @Test
  void anOutageAfterSomethingWasKeptIsTheFirstOfARow() {
    RunningTask third = Attempts.of(TaskType.pipeline("pipeline"), 2);
    assertThat(Outcomes.of(third, brokenOff(false), true))
        .isEqualTo(new Outcome.Outage("PostgreSQL was away: its job broke", 3));
    assertThat(Outcomes.of(third, brokenOff(true), true))
        .isEqualTo(new Outcome.Outage("PostgreSQL was away: its job broke", 1));
  }

  /** Its node is there to say so: it did not die of the task. */
  @Test
  void aClaimThatIsLostToAnOutageIsNoLossOfANode() {
    pipeline.stop(StopReason.CLAIM_LOST);
    assertThat(Outcomes.stopped(pipeline)).isEqualTo(new Outcome.Lost("The claim was lost", false));
  }

  private static JobEnd brokenOff(boolean advanced) {
    return new JobEnd(1, BatchStatus.FAILED, null, null, null, advanced, false, null);
  }

  private static JobEnd completed(String exitStatus) {
    return new JobEnd(1, BatchStatus.COMPLETED, exitStatus, null, null, true, false, null);
  }
}
