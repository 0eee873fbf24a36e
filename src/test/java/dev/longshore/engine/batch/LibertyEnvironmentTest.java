package dev.longshore.engine.batch;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.task.CurrentTask;
import dev.longshore.task.TaskContext;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.RejectedExecutionException;
import org.jberet.spi.JobTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LibertyEnvironmentTest {

  /** Else the task would wait for it for ever. */
  @Test
  @Timeout(30)
  void a_part_that_no_thread_is_there_for_is_not_waited_for() {
    LibertyEnvironment environment = new LibertyEnvironment();
    environment.parts = new PartThreads();
    environment.executor =
        proxy(
            ManagedExecutorService.class,
            (self, method, arguments) -> {
              throw new RejectedExecutionException("no thread");
            });
    TaskContext task = proxy(TaskContext.class, (self, method, arguments) -> 7L);
    JobTask flow =
        proxy(
            JobTask.class,
            (self, method, arguments) -> {
              throw new AssertionError("was run");
            });

    CurrentTask.Binding binding = CurrentTask.bind(task);
    try {
      assertThatThrownBy(() -> environment.submitTask(flow))
          .isInstanceOf(RejectedExecutionException.class);
    } finally {
      binding.close();
    }

    environment.parts.awaitNone(7);
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            LibertyEnvironmentTest.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
