package dev.longshore.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.engine.batch.TaskJobs;
import dev.longshore.task.TaskType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StopTest {

  private final List<Long> interrupted = new ArrayList<>();
  private final Stop stop = new Stop();
  private final RunningTask pipeline = Attempts.of(TaskType.pipeline("pipeline"));

  StopTest() {
    stop.grace = Duration.ofHours(1);
    stop.abandon = Duration.ofHours(2);
    stop.jobs =
        new TaskJobs() {
          @Override
          public void stop(long claim) {}

          @Override
          public void interruptParts(long claim) {
            interrupted.add(claim);
          }
        };
  }

  @Test
  void aPipelineIsInterruptedWhenItGoesOnForLongerThanTheGrace() {
    pipeline.begin();
    stop.ask(pipeline, StopReason.CANCELLED);
    await().until(() -> pipeline.stoppingMillis() > 0);
    stop.press(pipeline);
    assertThat(Thread.currentThread().isInterrupted()).as("within the grace").isFalse();
    assertThat(interrupted).isEmpty();

    stop.grace = Duration.ZERO;
    stop.press(pipeline);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(interrupted).containsExactly(pipeline.claim());
  }
}
