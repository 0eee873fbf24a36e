package dev.longshore.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.enterprise.concurrent.ManagedThreadFactory;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Without PostgreSQL, and when the server stops. */
@Timeout(30)
class HeartbeatTest {

  private final CountDownLatch answer = new CountDownLatch(1);
  private final List<String> events = new CopyOnWriteArrayList<>();
  private final AtomicLong lives = new AtomicLong(7);
  private final AtomicBoolean lost = new AtomicBoolean();
  private final Heartbeat heartbeat = new Heartbeat();

  @BeforeEach
  void begin() {
    heartbeat.worker =
        new Worker() {
          @Override
          public String id() {
            return "worker";
          }
        };
    heartbeat.settings = new Settings();
    heartbeat.dataSource =
        proxy(
            DataSource.class,
            (self, method, arguments) -> {
              answer.await();
              throw new SQLException("PostgreSQL is away");
            });
    heartbeat.threads =
        proxy(
            ManagedThreadFactory.class,
            (self, method, arguments) -> {
              Thread thread = new Thread((Runnable) arguments[0]);
              thread.setUncaughtExceptionHandler((t, thrown) -> events.add("threw"));
              return thread;
            });
  }

  @Test
  void aNodeStartsAndStopsWithoutPostgresql() throws Exception {
    answer.countDown();

    heartbeat.start();
    assertThat(heartbeat.worker.isAlive()).isFalse();
    assertThatThrownBy(heartbeat.worker::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Worker worker holds no lease and takes no work");
    heartbeat.stop();

    assertThat(heartbeat.thread.isAlive()).isFalse();
    assertThat(heartbeat.worker.isLeaving()).isTrue();
  }

  /** A session that is broken shows that with its next sign of life only. */
  @Test
  void thatItsSessionIsLostIsKnownAfterTheNextSignOfLife() throws Exception {
    Worker worker = heartbeat.worker;
    long began = System.nanoTime();
    CompletableFuture<Boolean> lostIt =
        CompletableFuture.supplyAsync(() -> worker.hasLostItsSessionSince(began));
    answer.countDown();
    heartbeat.start();
    assertThat(lostIt.join()).isTrue();
    heartbeat.stop();

    Worker well = new Worker();
    CompletableFuture<Boolean> hasNot =
        CompletableFuture.supplyAsync(() -> well.hasLostItsSessionSince(began));
    await()
        .until(
            () -> {
              well.beaten();
              return hasNot.isDone();
            });
    assertThat(hasNot.join()).isFalse();
  }

  @Test
  void whoWaitsForTheNodeToTakeWorkAgainDoesSoUntilThenOrUntilItIsInterrupted() {
    Worker worker = heartbeat.worker;
    worker.draining(true, null);
    CompletableFuture<Void> waits =
        CompletableFuture.runAsync(() -> worker.awaitStay(Duration.ofDays(1)));
    worker.draining(false, null);
    waits.join();

    worker.draining(true, null);
    Thread.currentThread().interrupt();
    worker.awaitStay(Duration.ofDays(1));
    assertThat(Thread.interrupted()).isTrue();
    worker.awaitStay(Duration.ZERO);
  }

  @Test
  void aLeaseThatCannotBeGivenBackDoesNotKeepTheNodeFromStopping() throws Exception {
    heartbeat.settings =
        new Settings() {
          @Override
          Duration lease() {
            return Duration.ofHours(1);
          }

          @Override
          Duration heartbeat() {
            return Duration.ofHours(1);
          }
        };
    heartbeat.dataSource = proxy(DataSource.class, (self, method, arguments) -> session());
    heartbeat.start();
    assertThat(heartbeat.worker.run()).isEqualTo(7);

    heartbeat.stop();

    assertThat(heartbeat.thread.isAlive()).isFalse();
    assertThat(events).containsExactly("refused", "closed");
  }

  @Test
  void aNodeThatWasDeclaredLostBeginsANewLifeInASessionOfItsOwn() throws Exception {
    heartbeat.settings =
        new Settings() {
          @Override
          Duration lease() {
            return Duration.ofHours(1);
          }

          @Override
          Duration heartbeat() {
            return Duration.ofMillis(1);
          }
        };
    heartbeat.dataSource = proxy(DataSource.class, (self, method, arguments) -> session());
    lost.set(true);

    heartbeat.start();

    await().until(() -> lives.get() >= 9);
    assertThat(events).contains("closed").doesNotContain("threw");
    heartbeat.stop();
  }

  /** Answers questions and refuses changes. A renewal finds no row of a node that is lost. */
  private Connection session() {
    return proxy(
        Connection.class,
        (self, method, arguments) -> {
          if (method.getName().equals("close")) {
            events.add("closed");
          }
          return method.getName().equals("prepareStatement")
              ? statement((String) arguments[0])
              : null;
        });
  }

  private PreparedStatement statement(String sql) {
    AtomicInteger rows = new AtomicInteger(lost.get() && sql.contains("set seen_at") ? 0 : 1);
    ResultSet row =
        proxy(
            ResultSet.class,
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "next" -> rows.getAndDecrement() > 0;
                  case "getLong" -> lives.getAndIncrement();
                  case "getBoolean" -> true;
                  default -> null;
                });
    return proxy(
        PreparedStatement.class,
        (self, method, arguments) ->
            switch (method.getName()) {
              case "execute" -> true;
              case "getMoreResults" -> false;
              case "getResultSet" -> row;
              case "executeUpdate" -> {
                events.add("refused");
                throw new SQLException("PostgreSQL is away");
              }
              default -> null;
            });
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            HeartbeatTest.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  @Test
  void anInterruptOfItsThreadEndsIt() throws Exception {
    answer.countDown();
    heartbeat.start();

    heartbeat.thread.interrupt();

    heartbeat.thread.join();
  }

  /** The first sign of life may hang with PostgreSQL. */
  @Test
  void anInterruptOfWhoWaitsForItIsKept() {
    Thread.currentThread().interrupt();
    heartbeat.start();
    assertThat(Thread.interrupted()).isTrue();

    Thread.currentThread().interrupt();
    heartbeat.stop();
    assertThat(Thread.interrupted()).isTrue();

    assertThat(heartbeat.thread.isAlive()).isTrue();
    answer.countDown();
    await().until(() -> !heartbeat.thread.isAlive());
  }
}
