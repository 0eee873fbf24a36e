package dev.longshore.workload.issue;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Ends a command whose node has died: a small shell that waits for the end of a pipe which only the
 * node's process holds open, and then kills the command's process tree. Otherwise it would run on
 * beside the issue's next attempt.
 */
final class Watchdog implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Watchdog.class.getName());

  /** Stopped before its children are looked for, so that it makes no more of them. */
  private static final String SCRIPT =
      """
      trap '' HUP INT TERM
      tree() {
        kill -STOP "$1" 2>/dev/null || return
        for child in $(ps -A -o pid= -o ppid= | awk -v of="$1" '$2 == of { print $1 }'); do
          tree "$child"
        done
        kill -KILL "$1" 2>/dev/null
      }
      read -r said
      [ "$said" = ended ] && exit
      tree "$1"
      [ "$2" = group ] && kill -KILL -- "-$1" 2>/dev/null
      """;

  private final Process process;

  private Watchdog(Process process) {
    this.process = process;
  }

  /**
   * Watches over a command that has just been started.
   *
   * @param ownGroup whether it leads a process group, which then has its pid as id
   */
  static Watchdog over(long pid, boolean ownGroup, Optional<String> setsid) {
    List<String> words = new ArrayList<>();
    setsid.ifPresent(words::add); // what ends the node's process group is not to end it too
    words.addAll(
        List.of("/bin/sh", "-c", SCRIPT, "sh", Long.toString(pid), ownGroup ? "group" : "alone"));
    try {
      return new Watchdog(
          new ProcessBuilder(words)
              .redirectOutput(Redirect.DISCARD)
              .redirectError(Redirect.DISCARD)
              .start());
    } catch (IOException e) {
      LOG.log(
          Level.WARNING,
          "The command with process id {0} is not watched over ({1}): should this node be killed, it"
              + " would run on.",
          new Object[] {pid + "", e.getMessage()});
      return new Watchdog(null);
    }
  }

  /** The command has ended, and so does this. */
  @Override
  public void close() {
    if (process != null) {
      try (var pipe = process.getOutputStream()) {
        pipe.write("ended\n".getBytes(US_ASCII));
      } catch (IOException e) {
        process.destroyForcibly(); // somebody has killed it
      }
    }
  }

  /** As the node's death does. */
  void lose() throws IOException {
    process.getOutputStream().close();
  }
}
