package dev.longshore.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.task.TaskType;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WatchTest {

  /** The server would call a timer that failed only minutes later. */
  @Test
  void aStoppedTaskThatCannotBeSettledNowIsTriedAgainAtTheNextLook() {
    AtomicInteger tries = new AtomicInteger();
    Watch watch = new Watch();
    watch.running = new Running();
    RunningTask task = Attempts.of(TaskType.handler("type"));
    task.stop(StopReason.CANCELLED);
    watch.running.add(task);
    watch.worker = Attempts.worker(false, false);
    watch.stop =
        new Stop() {
          @Override
          void escalate(RunningTask task) {
            tries.incrementAndGet();
            throw new IllegalStateException("PostgreSQL is away");
          }
        };

    watch.watch();
    watch.watch();

    assertThat(tries).hasValue(2);
  }
}
