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

  /** Why the node will never be ready, if the log says so: in Liberty's words, or in ours. */
  Optional<String> fatal() {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    String cause = null;
    try (Stream<String> lines = Files.lines(file)) {
      for (String line : (Iterable<String>) lines::iterator) {
        if (line.startsWith("Caused by: ")) {
          cause = line.replaceFirst("^Caused by: [\\w.$]+: ", "");
        } else if (line.contains("CWWKO0221E")) { // the port could not be bound
          return Optional.of(withoutPrefix(line));
        } else if (line.contains("CWWKZ0002E") || line.contains("CWWKZ0004E")) {
          // The application did not start: the innermost exception before it says why.
          return Optional.of(cause != null ? cause : withoutPrefix(line));
        }
      }
      return Optional.empty();
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
  }

  private static String withoutPrefix(String line) {
    return line.replaceFirst("^.*?(CWWK\\w+)", "$1");
  }
}
