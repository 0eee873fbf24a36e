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
    watch.running.add(Attempts.of(TaskType.handler("type")));
    watch.worker = Attempts.worker(false, false);
    watch.stop =
        new Stop() {
          @Override
          void ask(RunningTask task, StopReason reason) {
            task.stop(reason);
          }

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
