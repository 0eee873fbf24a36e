package dev.longshore.edge.rest;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A request's body that has come in to its end, however slow its sender is. For what begins a
 * transaction that others wait for.
 */
final class WholeBody {

  /** Longer ones stand in a file meanwhile. */
  private static final int IN_MEMORY = 1 << 20;

  private WholeBody() {}

  /** Returns when the body is there; closing what it answers deletes the file. */
  static InputStream of(InputStream body) throws IOException {
    byte[] first = body.readNBytes(IN_MEMORY);
    if (first.length < IN_MEMORY) {
      return new ByteArrayInputStream(first);
    }
    Path file = Files.createTempFile("longshore-body", ".json");
    try {
      try (OutputStream out = Files.newOutputStream(file)) {
        out.write(first);
        body.transferTo(out);
      }
      return Files.newInputStream(file, StandardOpenOption.DELETE_ON_CLOSE);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }
}
