package dev.longshore.local;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Starts one server again whenever it has ended by itself, after a pause that grows while it does
 * not last: a server whose disk is full ends at once, and others go on without it until there is
 * room.
 */
final class Keeper {

  /** Before the first start anew, the second, and so on; the last one stays. */
  static final List<Duration> PAUSES =
      List.of(Duration.ZERO, Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(15));

  /** What has lived for that long has started well. */
  private static final Duration LASTS = Duration.ofMinutes(1);

  private static final Duration WINDOW = Duration.ofMinutes(10);

  private final String name;
  private final Supplier<ProcessHandle> process;
  private final Runnable start;
  private final Consumer<String> say;
  private final CountDownLatch closing;
  private final List<Duration> pauses;

  /**
   * @param process the server's, as it is now
   * @param start starts another; throws {@link StartException} when it cannot now
   * @param say takes lines for people
   * @param closing open when everything is to end, and this with it
   * @param pauses as {@link #PAUSES}
   */
  Keeper(
      String name,
      Supplier<ProcessHandle> process,
      Runnable start,
      Consumer<String> say,
      CountDownLatch closing,
      List<Duration> pauses) {
    this.name = name;
    this.process = process;
    this.start = start;
    this.say = say;
    this.closing = closing;
    this.pauses = pauses;
  }

  /**
   * Keeps it alive until everything is to end.
   *
   * @param most how often it may end within ten minutes
   * @throws StartException when it has ended more often than that
   */
  void keep(int most) {
    Deque<Long> ends = new ArrayDeque<>();
    long began = System.nanoTime();
    int inVain = 0;
    while (hasEnded()) {
      long now = System.nanoTime();
      ends.add(now);
      ends.removeIf(end -> now - end > WINDOW.toNanos());
      if (ends.size() > most) {
        throw new StartException(name + " ended " + ends.size() + " times");
      }
      inVain = now - began > LASTS.toNanos() ? 0 : inVain;
      say.accept(name + " has ended unexpectedly and is started again");
      inVain = startAgain(inVain);
      began = System.nanoTime();
    }
  }

  /** Waits for its end; false when that was wanted. */
  private boolean hasEnded() {
    CompletableFuture<ProcessHandle> end = process.get().onExit();
    while (!isClosing(Duration.ofMillis(100))) {
      if (end.isDone()) {
        return !isClosing(Duration.ZERO);
      }
    }
    return false;
  }

  private int startAgain(int before) {
    int inVain = before;
    for (boolean said = false; ; said = true) {
      Duration pause = pauses.get(Math.min(inVain++, pauses.size() - 1));
      if (isClosing(pause)) {
        return inVain;
      }
      try {
        start.run();
        return inVain;
      } catch (StartException e) {
        if (!said && !isClosing(Duration.ZERO)) {
          say.accept(
              "%s. It is tried again and again; meanwhile work waits for it."
                  .formatted(e.getMessage()));
        }
      }
    }
  }

  private boolean isClosing(Duration wait) {
    try {
      return closing.await(wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
