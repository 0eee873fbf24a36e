package dev.longshore.cli;

import dev.longshore.local.Home;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** The memory that a home's Liberty keeps, from {@code /proc}; unknown everywhere but on Linux. */
final class Resident {

  private static final int KIB_PER_MIB = 1024;

  private final Home home;
  private final OptionalLong before;

  private Resident(Home home) {
    this.home = home;
    this.before = mebibytes("VmRSS");
  }

  static Resident since(Home home) {
    return new Resident(home);
  }

  /**
   * {@code before}, {@code after} and {@code peak}, in MiB; the last one is the most there was
   * since the node started. {@code null} where it is not known.
   */
  JsonObjectBuilder toJson() {
    JsonObjectBuilder json = Json.createObjectBuilder();
    add(json, "before", before);
    add(json, "after", mebibytes("VmRSS"));
    add(json, "peak", mebibytes("VmHWM"));
    return json;
  }

  private static void add(JsonObjectBuilder json, String name, OptionalLong value) {
    if (value.isPresent()) {
      json.add(name, value.getAsLong());
    } else {
      json.addNull(name);
    }
  }

  private OptionalLong mebibytes(String field) {
    return home.pid("node").live().stream()
        .mapToLong(node -> mebibytes(node.pid(), field))
        .filter(found -> found >= 0)
        .findFirst();
  }

  private static long mebibytes(long pid, String field) {
    try {
      return mebibytes(Files.readString(Path.of("/proc/" + pid + "/status")), field);
    } catch (IOException e) {
      return -1;
    }
  }

  /** A field of proc_pid_status(5) that is in kB, rounded down; -1 when it is not there. */
  static long mebibytes(String status, String field) {
    return status
        .lines()
        .filter(line -> line.startsWith(field + ":"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / KIB_PER_MIB)
        .findFirst()
        .orElse(-1);
  }
}
