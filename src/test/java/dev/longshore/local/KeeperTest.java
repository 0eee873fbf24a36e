package dev.longshore.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers are processes of the system's that end at once, or go on. */
@Timeout(60)
class KeeperTest {

  private final CountDownLatch closing = new CountDownLatch(1);
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final AtomicInteger starts = new AtomicInteger();
  private final AtomicReference<Process> server = new AtomicReference<>(run("true"));

  @AfterEach
  void end() {
    closing.countDown();
    server.get().destroyForcibly();
  }

  @Test
  void whatEndsAgainAndAgainIsStartedAgainAndAgain() {
    Keeper keeper = keeper(() -> server.set(run(starts.incrementAndGet() < 20 ? "true" : "cat")));
    CompletableFuture<Void> keeping =
        CompletableFuture.runAsync(() -> keeper.keep(Integer.MAX_VALUE));
    await().atMost(Duration.ofSeconds(50)).until(() -> starts.get() == 20);
    assertThat(keeping).isNotDone();

    closing.countDown();
    keeping.join();

    assertThat(said).hasSize(20).containsOnly("It has ended unexpectedly and is started again");
  }

  @Test
  void itIsGivenUpWhenItHasEndedTooOften() {
    Keeper keeper = keeper(() -> server.set(run("true")));
    assertThatThrownBy(() -> keeper.keep(3))
        .isInstanceOf(StartException.class)
        .hasMessage("It ended 4 times");
    assertThat(said).hasSize(3);
  }

  /** A disk that is full, and has room one day. */
  @Test
  void whatCannotBeStartedNowIsLater() {
    Keeper keeper =
        keeper(
            () -> {
              if (starts.incrementAndGet() < 5) {
                throw new StartException("No room");
              }
              server.set(run("cat"));
            });
    CompletableFuture<Void> keeping = CompletableFuture.runAsync(() -> keeper.keep(1));
    await().until(() -> starts.get() == 5);
    closing.countDown();
    keeping.join();
    assertThat(said)
        .containsExactly(
            "It has ended unexpectedly and is started again",
            "No room. It is tried again and again; meanwhile work waits for it.");
  }

  @Test
  void itsPauseEndsWithEverything() {
    Keeper keeper =
        new Keeper(
            "It",
            () -> server.get().toHandle(),
            starts::incrementAndGet,
            said::add,
            closing,
            List.of(Duration.ofDays(1)));
    CompletableFuture<Void> keeping = CompletableFuture.runAsync(() -> keeper.keep(1));
    await().until(() -> !said.isEmpty());
    closing.countDown();
    keeping.join();
    assertThat(starts).hasValue(0);
  }

  private Keeper keeper(Runnable start) {
    return new Keeper(
        "It", () -> server.get().toHandle(), start, said::add, closing, List.of(Duration.ZERO));
  }

  /** {@code cat} goes on until its input ends, which is when this JVM lets go of it. */
  private static Process run(String command) {
    try {
      return new ProcessBuilder(command).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
