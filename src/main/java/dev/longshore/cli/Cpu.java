package dev.longshore.cli;

import dev.longshore.local.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * CPU seconds (user and system) that a home's three servers have used so far, from {@code /proc};
 * empty for a server that is not this home's own, and everywhere but on Linux.
 */
final class Cpu {

  /** Linux has counted in hundredths towards user programs for decades (USER_HZ). */
  private static final double TICKS_PER_SECOND = 100;

  private final Map<String, OptionalDouble> seconds = new LinkedHashMap<>();

  static Cpu now(Home home) {
    Cpu cpu = new Cpu();
    cpu.seconds.put("liberty", of(home, "node", p -> own(p.pid())));
    // A backend that has ended counts as the postmaster's child time; each other one is asked.
    cpu.seconds.put(
        "postgresql",
        of(
            home,
            "postgres",
            p ->
                own(p.pid())
                    + endedChildren(p.pid())
                    + p.children().mapToDouble(c -> own(c.pid())).sum()));
    cpu.seconds.put("artemis", of(home, "broker", p -> own(p.pid())));
    return cpu;
  }

  /** What was used since an earlier look, by server. */
  Map<String, OptionalDouble> since(Cpu before) {
    Map<String, OptionalDouble> used = new LinkedHashMap<>();
    seconds.forEach(
        (server, now) -> {
          OptionalDouble then = before.seconds.get(server);
          used.put(
              server,
              now.isPresent() && then.isPresent()
                  ? OptionalDouble.of(now.getAsDouble() - then.getAsDouble())
                  : OptionalDouble.empty());
        });
    return used;
  }

  private static OptionalDouble of(Home home, String name, ToDoubleFunction<ProcessHandle> used) {
    Optional<ProcessHandle> process = home.pid(name).live();
    return process.isPresent() && Files.exists(stat(process.get().pid()))
        ? OptionalDouble.of(used.applyAsDouble(process.get()))
        : OptionalDouble.empty();
  }

  private static double own(long pid) {
    return ticks(pid, 14) + ticks(pid, 15);
  }

  private static double endedChildren(long pid) {
    return ticks(pid, 16) + ticks(pid, 17);
  }

  /** A field of proc_pid_stat(5), in seconds; 0 when the process has just ended. */
  private static double ticks(long pid, int field) {
    try {
      return field(Files.readString(stat(pid)), field) / TICKS_PER_SECOND;
    } catch (IOException e) {
      return 0;
    }
  }

  /** Fields count from 1; the second is the program's name in parentheses, with spaces maybe. */
  static long field(String stat, int field) {
    String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return Long.parseLong(afterName[field - 3].strip());
  }

  private static Path stat(long pid) {
    return Path.of("/proc/" + pid + "/stat");
  }
}
