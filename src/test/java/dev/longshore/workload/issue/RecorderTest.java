package dev.longshore.workload.issue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.task.TaskContext;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RecorderTest {

  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final CountDownLatch answer = new CountDownLatch(1);
  private final List<String> written = new CopyOnWriteArrayList<>();

  private final RunLog log =
      new RunLog() {
        @Override
        void started(TaskContext task, long pid) {
          try {
            answer.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          written.add("started");
        }

        @Override
        void ended(TaskContext task, Integer exitCode, long output) {
          written.add("ended " + exitCode);
        }
      };

  /** PostgreSQL keeps silent, and the attempt is to end now. */
  @Test
  void whoEndsIsNotHeldByWhatIsBeingWritten() {
    Recorder recorder = recorder();
    Thread ends = Thread.currentThread();
    new Thread(
            () -> {
              await().until(() -> ends.getState() == Thread.State.TIMED_WAITING);
              ends.interrupt();
            })
        .start();
    recorder.end(1);
    assertThat(Thread.interrupted()).as("kept for later").isTrue();

    answer.countDown();
    await().until(() -> written.contains("ended 1"));
    assertThat(written).containsExactly("started", "ended 1");
  }

  @Test
  void itEndsWithItsServer() throws Exception {
    answer.countDown();
    recorder();
    await().until(() -> written.contains("started"));
    threads.get(0).interrupt();
    threads.get(0).join();
    assertThat(written).containsExactly("started");
  }

  /** Once a second. */
  @Test
  void whatACommandSaysIsToldWhileItRuns() {
    answer.countDown();
    Recorder recorder = recorder();
    await().until(() -> written.contains("progress"));
    recorder.end(0);
    assertThat(written).startsWith("started", "progress").endsWith("ended 0");
  }

  private Recorder recorder() {
    TaskContext task =
        (TaskContext)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {TaskContext.class},
                (self, method, arguments) -> {
                  if (method.getName().equals("progress")) {
                    written.add("progress");
                  }
                  return method.getReturnType() == long.class ? 1L : null;
                });
    return Recorder.of(
        log,
        task,
        7,
        new Output(100_000),
        work -> {
          threads.add(new Thread(work));
          return threads.get(threads.size() - 1);
        });
  }
}
