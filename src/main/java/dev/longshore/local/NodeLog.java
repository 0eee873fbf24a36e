package dev.longshore.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.stream.Stream;

/** Liberty's {@code messages.log}: read to see at once that a start has failed for good. */
final class NodeLog {

  /** As Liberty names them itself, so that it deletes the oldest. */
  private static final DateTimeFormatter ROLLED =
      DateTimeFormatter.ofPattern("'messages_'yy.MM.dd_HH.mm.ss'.0.log'");

  private static final String CAUSED_BY = "Caused by: ";

  private final Path file;

  NodeLog(Path directory) {
    this.file = directory.resolve("messages.log");
  }

  Path file() {
    return file;
  }

  /** Puts the log of an earlier run aside, so that its errors are not taken for this one's. */
  void roll() throws IOException {
    if (Files.exists(file)) {
      LocalDateTime time =
          LocalDateTime.ofInstant(
              Files.getLastModifiedTime(file).toInstant(), ZoneId.systemDefault());
      Files.move(file, file.resolveSibling(ROLLED.format(time)));
    }
  }

  /** The line, if there is one, that says why the node will never be ready. */
  Optional<String> fatal() {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (Stream<String> lines = Files.lines(file)) {
      String cause = null;
      for (String line : (Iterable<String>) lines::iterator) {
        if (line.startsWith(CAUSED_BY)) {
          cause = line.substring(CAUSED_BY.length());
        }
        // The port could not be bound; the application did not start.
        if (line.contains("CWWKO0221E")) {
          return Optional.of(line.replaceFirst("^.*?CWWK", "CWWK"));
        }
        if (line.contains("CWWKZ0002E") || line.contains("CWWKZ0004E")) {
          return Optional.of(cause == null ? line.replaceFirst("^.*?CWWK", "CWWK") : cause);
        }
      }
      return Optional.empty();
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
  }
}
