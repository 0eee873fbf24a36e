package dev.longshore.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.engine.worker.Worker;
import dev.longshore.task.Lane;
import dev.longshore.task.TaskType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of a node, when its server stops. */
@Timeout(30)
class DrainTest {

  private final List<String> events = new ArrayList<>();
  private final Running running = new Running();
  private final Drain drain = new Drain();
  private final Logger log = Logger.getLogger(Drain.class.getName());

  private final Handler warnings =
      new Handler() {
        @Override
        public void publish(LogRecord said) {
          events.add("said");
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void begin() {
    log.addHandler(warnings);
    drain.running = running;
    drain.timeout = Duration.ofMillis(1);
    drain.stopTimeout = Duration.ofMillis(1);
    drain.worker =
        new Worker() {
          @Override
          public void stopTakingWork() {
            events.add("no more");
          }
        };
    drain.stop =
        new Stop() {
          @Override
          void ask(RunningTask task, StopReason reason) {
            events.add("stop " + reason);
          }
        };
    running.add(Attempts.of(TaskType.handler("type")));
    running.enter(Lane.LONG);
  }

  @AfterEach
  void end() {
    log.removeHandler(warnings);
  }

  @Test
  void whatOutlastsItsTimeIsStoppedAndThenLeftToTheOthers() {
    drain.stop();

    assertThat(events).containsExactly("no more", "stop NODE_STOPS", "said");
    drain.stop();
    assertThat(events).as("once").hasSize(3);
  }

  @Test
  void aStopWhileTheJvmGoesDownLeavesTheHookWhereItIs() {
    drain.unhook =
        hook -> {
          throw new IllegalStateException("Shutdown in progress");
        };

    drain.stop();

    assertThat(events).containsExactly("no more", "stop NODE_STOPS", "said");
  }

  @Test
  void whatEndsInTimeIsWaitedForAndNotStopped() throws Exception {
    drain.timeout = Duration.ofMinutes(1);
    Thread stops = new Thread(drain::stop);
    stops.start();
    await().until(() -> stops.getState() == Thread.State.TIMED_WAITING);

    running.enter(Lane.QUICK);
    running.leave(Lane.LONG);
    await().until(() -> stops.getState() == Thread.State.TIMED_WAITING);
    running.leave(Lane.QUICK);
    stops.join();

    assertThat(events).containsExactly("no more");
  }

  @Test
  void anInterruptEndsTheWaitAndIsKept() {
    drain.timeout = Duration.ofMinutes(1);
    Thread.currentThread().interrupt();

    drain.stop();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(events).containsExactly("no more");
  }
}
