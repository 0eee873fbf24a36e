package dev.longshore.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * When a process began, in words that stay the same as long as it runs. {@link
 * ProcessHandle.Info#startInstant()} is no such thing on Linux: each JVM adds the kernel's ticks
 * since boot to the moment of boot as it was when that JVM started, and that moment moves whenever
 * the clock is set.
 */
final class Start {

  private static final Path PROC = Path.of("/proc");

  /** Of proc_pid_stat(5): {@code starttime} is field 22; the third follows the name's bracket. */
  private static final int START_TIME = 22 - 3;

  private Start() {}

  static String of(ProcessHandle process) {
    return of(process, PROC);
  }

  static String of(ProcessHandle process, Path proc) {
    try {
      String boot = Files.readString(proc.resolve("sys/kernel/random/boot_id")).strip();
      String stat = Files.readString(proc.resolve(process.pid() + "/stat"));
      return boot + ":" + stat.substring(stat.lastIndexOf(')') + 2).split(" ")[START_TIME];
    } catch (IOException e) {
      // Not Linux, or the process is gone; macOS keeps the time of day at which it began.
      return process.info().startInstant().map(Instant::toString).orElse("unknown");
    }
  }
}
