package dev.longshore.engine.claim;

import static org.awaitility.Awaitility.await;

import dev.longshore.task.TaskTypes;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class WakeUpsTest {

  private final AtomicInteger tries = new AtomicInteger();

  @Test
  @Timeout(30)
  void aChannelThatDoesNotOpenIsTriedAgainUntilTheNodeStops() throws Exception {
    WakeUps wakeUps = new WakeUps();
    wakeUps.types = new TaskTypes();
    wakeUps.dataSource =
        proxy(
            DataSource.class,
            (self, method, arguments) -> {
              tries.incrementAndGet();
              throw new SQLException("PostgreSQL is away");
            });
    wakeUps.threads =
        proxy(
            ManagedThreadFactory.class,
            (self, method, arguments) -> new Thread((Runnable) arguments[0]));

    wakeUps.start();
    await().until(() -> tries.get() >= 2);
    await().until(() -> wakeUps.thread.getState() == Thread.State.TIMED_WAITING);
    wakeUps.stop();

    wakeUps.thread.join();
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(WakeUpsTest.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
