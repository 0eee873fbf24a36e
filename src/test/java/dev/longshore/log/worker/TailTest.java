package dev.longshore.log.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.enterprise.concurrent.ManagedThreadFactory;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TailTest {

  private final AtomicInteger asked = new AtomicInteger();
  private final Tail tail = new Tail();

  @AfterEach
  void stop() {
    tail.stop();
  }

  /** No worker of the node would ever read again. */
  @Test
  void anErrorIsNotTheEndOfTheTail() {
    tail.dataSource =
        proxy(
            DataSource.class,
            () -> {
              asked.incrementAndGet();
              throw new InternalError("no more threads");
            });
    AtomicInteger threads = new AtomicInteger();
    tail.threads =
        new ManagedThreadFactory() {
          @Override
          public Thread newThread(Runnable work) {
            threads.incrementAndGet();
            return new Thread(work);
          }

          @Override
          public java.util.concurrent.ForkJoinWorkerThread newThread(
              java.util.concurrent.ForkJoinPool pool) {
            throw new UnsupportedOperationException();
          }
        };
    tail.start(news -> {});
    await().untilAsserted(() -> assertThat(asked).hasValueGreaterThan(1));
    assertThat(threads).hasValue(1);
    assertThat(tail.isOpen()).isFalse();
  }

  private static <T> T proxy(Class<T> type, Runnable called) {
    return type.cast(
        Proxy.newProxyInstance(
            TailTest.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              called.run();
              return null;
            }));
  }
}
