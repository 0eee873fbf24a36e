package dev.longshore.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Remembers a process beyond the life of the launcher that started it: {@code PID START}, the
 * second its {@link Start}, since ids are used again.
 *
 * @param file where it is remembered
 */
public record PidFile(Path file) {

  /** Remembers the process, in place of any other. */
  public void write(ProcessHandle process) throws IOException {
    Files.writeString(file, process.pid() + " " + Start.of(process) + "\n");
  }

  void delete() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // It names a process that is gone; the next start sees that.
    }
  }

  /** The process, when it still runs. */
  public Optional<ProcessHandle> live() {
    try {
      String[] words = Files.readString(file).strip().split(" ");
      String start = words[1];
      return ProcessHandle.of(Long.parseLong(words[0]))
          .filter(ProcessHandle::isAlive)
          .filter(p -> Start.of(p).equals(start));
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  /** Stops what an earlier launcher has left behind. */
  void stopLeftover(Duration grace) {
    live().ifPresent(process -> stop(process, grace));
    delete();
  }

  /** TERM, and KILL after a while. Returns when the process is gone. */
  static void stop(ProcessHandle process, Duration grace) {
    process.destroy();
    if (!exited(process, grace)) {
      process.destroyForcibly();
      exited(process, Duration.ofSeconds(10));
    }
  }

  static boolean exited(ProcessHandle process, Duration limit) {
    try {
      process.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
