package dev.longshore.engine.settle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.task.Backoff;
import dev.longshore.task.Outcome;
import dev.longshore.task.TaskState;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SettlementTest {

  private static final Backoff STEADY =
      new Backoff(Duration.ofSeconds(1), 2, Duration.ofMinutes(5), 0);

  private static Settlement settle(Outcome outcome, int attempts, int maxAttempts, int losses) {
    return Settlement.of(outcome, attempts, maxAttempts, losses, 3, STEADY, new Random(1));
  }

  @Test
  void successEndsTheTaskAndClearsItsError() {
    Settlement s = settle(Outcome.succeeded(), 2, 5, 0);
    assertThat(s.to()).isEqualTo(TaskState.SUCCEEDED);
    assertThat(s.error()).isNull();
  }

  @Test
  void aRetryWaitsLongerEachTimeWhileAttemptsAreLeft() {
    assertThat(settle(Outcome.retry("no"), 1, 3, 0).delay()).isEqualTo(Duration.ofSeconds(1));
    assertThat(settle(Outcome.retry("no"), 2, 3, 0).delay()).isEqualTo(Duration.ofSeconds(2));
    assertThat(settle(Outcome.retry("no"), 2, 3, 0).to()).isEqualTo(TaskState.PENDING);
  }

  @Test
  void theLastAttemptFailsTheTaskWithItsError() {
    Settlement s = settle(Outcome.retry("no"), 3, 3, 0);
    assertThat(s.to()).isEqualTo(TaskState.FAILED);
    assertThat(s.error()).isEqualTo("no");
  }

  @Test
  void aTimeOutIsARetry() {
    Outcome late = new Outcome.TimedOut("late");
    assertThat(settle(late, 1, 2, 0).to()).isEqualTo(TaskState.PENDING);
    assertThat(settle(late, 2, 2, 0).to()).isEqualTo(TaskState.FAILED);
  }

  @Test
  void aHandlerThatSaysFailedIsBelievedAtOnce() {
    assertThat(settle(Outcome.failed("never"), 1, 5, 0).to()).isEqualTo(TaskState.FAILED);
  }

  @Test
  void snoozesAndHandedBackTasksDoNotCountAsAttempts() {
    Settlement snoozed = settle(Outcome.snoozed(Duration.ofHours(1)), 5, 5, 0);
    assertThat(snoozed.to()).isEqualTo(TaskState.PENDING);
    assertThat(snoozed.counts()).isFalse();
    assertThat(snoozed.delay()).isEqualTo(Duration.ofHours(1));
    assertThat(settle(new Outcome.HandedBack("stop"), 5, 5, 0).counts()).isFalse();
  }

  @Test
  void aLostAttemptComesBackAtOnceEvenWhenItWasTheLast() {
    Settlement s = settle(new Outcome.Lost("gone"), 1, 1, 0);
    assertThat(s.to()).isEqualTo(TaskState.PENDING);
    assertThat(s.counts()).isFalse();
    assertThat(s.losses()).isEqualTo(1);
    assertThat(s.delay()).isZero();
  }

  @Test
  void aTaskThatTakesItsNodesDownIsNotTriedForEver() {
    Settlement second = settle(new Outcome.Lost("gone"), 1, 5, 1);
    assertThat(second.to()).isEqualTo(TaskState.PENDING);
    assertThat(second.delay()).isEqualTo(Duration.ofHours(1)); // until no other suspect runs
    Settlement third = settle(new Outcome.Lost("gone"), 1, 5, 2);
    assertThat(third.to()).isEqualTo(TaskState.FAILED);
    assertThat(third.error()).startsWith("gone").contains("3. node in a row");
  }

  @Test
  void aTaskThatWasNotBegunIsNotBlamedForItsNodesEnd() {
    Settlement s = settle(new Outcome.Lost("gone", false), 1, 5, 2);
    assertThat(s.to()).isEqualTo(TaskState.PENDING);
    assertThat(s.losses()).isEqualTo(2);
  }

  @Test
  void anOutageIsSomebodyElsesFaultUnlessItComesWithTheTaskEachTime() {
    Settlement second = settle(new Outcome.Outage("away", 2), 1, 1, 1);
    assertThat(second.to()).isEqualTo(TaskState.PENDING);
    assertThat(second.counts()).isFalse();
    assertThat(second.losses()).isEqualTo(1);
    assertThat(second.delay()).isEqualTo(Settlement.AFTER_AN_OUTAGE);
    Settlement third = settle(new Outcome.Outage("away", 3), 1, 1, 0);
    assertThat(third.to()).isEqualTo(TaskState.PENDING);
    assertThat(third.losses()).isEqualTo(1);
    Settlement fourth = settle(new Outcome.Outage("away", 4), 1, 1, 1);
    assertThat(fourth.to()).isEqualTo(TaskState.PENDING);
    assertThat(fourth.delay()).isEqualTo(Duration.ofHours(1)); // until no other suspect runs
    Settlement fifth = settle(new Outcome.Outage("away", 5), 1, 1, 2);
    assertThat(fifth.to()).isEqualTo(TaskState.FAILED);
    assertThat(fifth.error())
        .isEqualTo(
            "away — PostgreSQL went away in each of its last 5 attempts: it is taken for the cause"
                + " and not tried again");
  }

  @Test
  void lossesCountInARow() {
    assertThat(settle(Outcome.retry("no"), 1, 5, 2).losses()).isZero();
    assertThat(settle(Outcome.snoozed(Duration.ZERO), 1, 5, 2).losses()).isZero();
    assertThat(settle(new Outcome.HandedBack("stop"), 1, 5, 2).losses()).isEqualTo(2);
  }
}
