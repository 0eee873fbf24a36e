package dev.longshore.story;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What lets a test's node start sooner, and what its JVM is told beside its own options. */
public final class NodeJvm {

  /** Half of what a start costs is the second compiler's work, on nodes that live for seconds. */
  private static final String FIRST_COMPILER_ONLY = "-XX:TieredStopAtLevel=1\n";

  private NodeJvm() {}

  /** For Liberties with that user directory: they start sooner. */
  static void quick(Path userDirectory) {
    write(userDirectory, FIRST_COMPILER_ONLY);
  }

  /** The same, and what they run is measured where this JVM is ({@link Coverage}). */
  public static void quickAndMeasured(Path userDirectory) {
    write(userDirectory, FIRST_COMPILER_ONLY + Coverage.agent());
  }

  private static void write(Path userDirectory, String options) {
    try {
      Path shared = Files.createDirectories(userDirectory.resolve("shared"));
      Files.writeString(shared.resolve("jvm.options"), options);
      Workarea.copyTo(userDirectory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
