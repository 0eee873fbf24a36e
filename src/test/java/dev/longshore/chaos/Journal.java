package dev.longshore.chaos;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the client and the faults do, kept as it happens: in memory and in files of the run. */
final class Journal implements AutoCloseable {

  private final long began = System.nanoTime();
  private final Writer faults;
  private final Writer submissions;
  private final PrintStream progress;
  private final List<History.Submission> submitted = new ArrayList<>();
  private final Set<String> cancelled = new HashSet<>();
  private final Set<String> paused = new HashSet<>();
  private final List<Long> appended = new ArrayList<>();

  Journal(Path directory, PrintStream progress) {
    try {
      this.faults = Files.newBufferedWriter(directory.resolve("faults.txt"));
      this.submissions = Files.newBufferedWriter(directory.resolve("submissions.csv"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.progress = progress;
  }

  /** A line for people, with the time since the run began. */
  synchronized void say(String line) {
    Duration at = Duration.ofNanos(System.nanoTime() - began);
    String text =
        "%02d:%02d.%d %s"
            .formatted(at.toMinutes(), at.toSecondsPart(), at.toMillisPart() / 100, line);
    progress.println(text);
    write(faults, text + "\n");
  }

  synchronized void submitted(List<History.Submission> sent) {
    submitted.addAll(sent);
    for (History.Submission s : sent) {
      write(
          submissions,
          "%s,%s,%s,%d,%d,%d\n"
              .formatted(
                  s.label(),
                  s.type(),
                  s.key() == null ? "" : s.key(),
                  s.items(),
                  s.sent(),
                  s.acknowledged()));
    }
  }

  /** A task of that label is about to be cancelled. */
  synchronized void cancelling(String label) {
    cancelled.add(label);
  }

  /** A task type is about to be paused. */
  synchronized void pausing(String type) {
    paused.add(type);
  }

  synchronized Set<String> paused() {
    return Set.copyOf(paused);
  }

  /** A message was appended, and the client was told so. */
  synchronized void appended(long message) {
    appended.add(message);
  }

  synchronized List<Long> appended() {
    return List.copyOf(appended);
  }

  synchronized Set<String> cancelled() {
    return Set.copyOf(cancelled);
  }

  synchronized List<History.Submission> submissions() {
    return List.copyOf(submitted);
  }

  private static void write(Writer file, String text) {
    try {
      file.write(text);
      file.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void close() {
    try (faults;
        submissions) {
      faults.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
