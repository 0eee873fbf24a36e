package dev.longshore.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.task.TaskType;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** There is no database here at all: nothing that is done may need one. */
class DeadlinesTest {

  private final Deadlines deadlines = new Deadlines();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<Long> pressed = new CopyOnWriteArrayList<>();
  private boolean refuses;

  DeadlinesTest() {
    deadlines.running = new Running();
    deadlines.stop =
        new Stop() {
          @Override
          void ask(RunningTask task, StopReason reason) {
            if (refuses) {
              throw new IllegalStateException("not now");
            }
            if (task.stop(reason)) {
              asked.add(task.type().name() + " " + reason);
            }
          }

          @Override
          void press(RunningTask task) {
            pressed.add(task.id());
          }
        };
  }

  @AfterEach
  void forgetTheInterrupt() {
    Thread.interrupted();
  }

  @Test
  void whatHasPassedItsTimeLimitIsStoppedAndPressed() {
    deadlines.worker = Attempts.worker(true, true);
    RunningTask late = running(TaskType.handler("late").withTimeLimit(Duration.ofMillis(1)));
    RunningTask early = running(TaskType.handler("early").withTimeLimit(Duration.ofHours(1)));
    RunningTask endless = running(TaskType.handler("endless"));
    List.of(late, early, endless).forEach(RunningTask::begin);
    await().until(() -> late.millis() > 1);

    deadlines.look();

    assertThat(asked).containsExactly("late TIMED_OUT");
    assertThat(pressed).containsExactly(late.id());
  }

  @Test
  void everythingIsStoppedWhenTheLeaseIsOver() {
    deadlines.worker = Attempts.worker(false, false);
    running(TaskType.handler("one"));
    running(TaskType.pipeline("other"));

    deadlines.look();

    assertThat(asked).containsExactlyInAnyOrder("one CLAIM_LOST", "other CLAIM_LOST");
  }

  @Test
  void whatCouldNotBeAskedNowIsAtTheNextLook() {
    deadlines.worker = Attempts.worker(false, false);
    running(TaskType.handler("one"));
    refuses = true;
    deadlines.look();
    assertThat(asked).isEmpty();

    refuses = false;
    deadlines.look();

    assertThat(asked).containsExactly("one CLAIM_LOST");
  }

  @Test
  void itLooksAgainAndAgainUntilItIsStopped() throws Exception {
    deadlines.worker = Attempts.worker(false, false);
    List<Thread> threads = new CopyOnWriteArrayList<>();
    deadlines.threads =
        (ManagedThreadFactory)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ManagedThreadFactory.class},
                (self, method, arguments) -> {
                  threads.add(new Thread((Runnable) arguments[0]));
                  return threads.get(threads.size() - 1);
                });
    deadlines.start();
    running(TaskType.handler("one"));
    await().until(() -> asked.contains("one CLAIM_LOST"));
    running(TaskType.handler("other"));
    await().until(() -> asked.contains("other CLAIM_LOST"));

    deadlines.start(); // another one, which the server interrupts when it stops
    threads.get(1).interrupt();
    threads.get(1).join();
    assertThat(threads.get(0).isAlive()).isTrue();
    deadlines.stop();
    threads.get(0).join();
  }

  private RunningTask running(TaskType type) {
    RunningTask task = Attempts.of(type);
    deadlines.running.add(task);
    return task;
  }
}
