package dev.longshore.workload.issue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A process and all that came of it. A child whose parent has ended belongs to nobody's {@link
 * ProcessHandle#descendants()}: where {@code setsid} exists, a command is started in a process
 * group of its own, whose members {@code /proc} tells; elsewhere the descendants seen so far are
 * remembered. What makes a session of its own and is adopted between two looks gets away.
 */
final class ProcessTree {

  private static final Path PROC = Path.of("/proc");
  private static final Duration AFTER_KILL = Duration.ofSeconds(5);

  private final Process root;
  private final Path proc;
  private final boolean ownGroup;
  private final Set<ProcessHandle> known = new LinkedHashSet<>();

  /**
   * @param ownGroup whether the root leads a process group, which then has its pid as id
   */
  ProcessTree(Process root, boolean ownGroup) {
    this(root, ownGroup, PROC);
  }

  ProcessTree(Process root, boolean ownGroup, Path proc) {
    this.root = root;
    this.proc = proc;
    this.ownGroup = ownGroup && Files.isDirectory(proc);
    known.add(root.toHandle());
  }

  /** Looks for new members; to be called now and then while the root runs. */
  void look() {
    for (ProcessHandle one : Set.copyOf(known)) {
      one.descendants().forEach(known::add);
    }
    if (ownGroup) {
      group().forEach(known::add);
    }
    known.removeIf(one -> !isAlive(one));
  }

  /**
   * Asks every process to end (TERM), once: what they start to tidy up is left alone. What is still
   * there after the grace is killed. Not to be interrupted: an interrupt meanwhile is kept for
   * later.
   */
  void stop(Duration grace) {
    look();
    known.forEach(ProcessHandle::destroy);
    boolean interrupted = until(grace, one -> {});
    // Those that a process forks while it is being killed are met on the next round.
    interrupted |= until(AFTER_KILL, ProcessHandle::destroyForcibly);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Does it to every living member, again and again until there is none or the time is over. */
  private boolean until(Duration time, Consumer<ProcessHandle> action) {
    boolean interrupted = false;
    long end = System.nanoTime() + time.toNanos();
    for (look(); !known.isEmpty() && System.nanoTime() - end < 0; look()) {
      known.forEach(action);
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    return interrupted;
  }

  private Set<ProcessHandle> group() {
    Set<ProcessHandle> members = new LinkedHashSet<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path one : all) {
        Stat stat = Stat.of(one);
        if (stat.group == root.pid() && !stat.zombie) {
          ProcessHandle.of(Long.parseLong(one.getFileName().toString())).ifPresent(members::add);
        }
      }
    } catch (IOException e) {
      // no /proc for us: the descendants are all we know
    }
    return members;
  }

  /** A zombie has ended; in a container nobody may ever collect it. */
  private static boolean isAlive(ProcessHandle one) {
    return one.isAlive() && !Stat.of(PROC.resolve(Long.toString(one.pid()))).zombie;
  }

  /** Of {@code /proc/PID/stat} (proc_pid_stat(5)): {@code pid (name) state parent group …}. */
  private record Stat(boolean zombie, long group) {

    static Stat of(Path process) {
      return read(process.resolve("stat"))
          .map(text -> text.substring(text.lastIndexOf(')') + 1).strip().split(" "))
          .map(fields -> new Stat(fields[0].equals("Z"), Long.parseLong(fields[2])))
          .orElse(new Stat(false, -1));
    }

    private static Optional<String> read(Path file) {
      try {
        return Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1));
      } catch (IOException e) {
        return Optional.empty(); // gone meanwhile
      }
    }
  }
}
