package dev.longshore.local;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts a server's process so that it survives the terminal's Ctrl-C: its launcher stops it. */
final class Child {

  /**
   * A session of its own keeps the terminal's signals away. Where there is no setsid (macOS) they
   * are ignored instead; that is inherited over exec, and a JVM respects it.
   */
  private static final List<String> UNINTERRUPTED =
      List.of(
          "/bin/sh",
          "-c",
          "command -v setsid >/dev/null && exec setsid \"$@\"; trap '' INT HUP; exec \"$@\"",
          "sh");

  private Child() {}

  static ProcessBuilder command(List<String> command, Map<String, String> environment, Path log)
      throws IOException {
    List<String> words = new ArrayList<>(UNINTERRUPTED);
    words.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().putAll(environment);
    Files.createDirectories(log.getParent());
    builder.redirectError(Redirect.appendTo(log.toFile()));
    return builder;
  }

  static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  static void signal(long pid, String name) {
    try {
      new ProcessBuilder("/bin/sh", "-c", "kill -" + name + " " + pid)
          .redirectErrorStream(true)
          .redirectOutput(Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new StartException("Signal " + name + " could not be sent to process " + pid, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
