package dev.longshore.bench;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A node as {@code ./longshore up} starts it, measured by {@code ./longshore bench}. */
final class LongshoreNode implements Contestant {

  private final Path checkout;
  private final Path home;
  private final int port;

  LongshoreNode(Path checkout, Path home, int port) {
    this.checkout = checkout;
    this.home = home;
    this.port = port;
  }

  @Override
  public String name() {
    return "longshore";
  }

  @Override
  public Map<String, Double> perSecond(Database database, Counts counts) throws Exception {
    Files.createDirectories(home.getParent());
    Process up = start(database, "up");
    try (BufferedReader ready =
        new BufferedReader(new InputStreamReader(up.getInputStream(), StandardCharsets.UTF_8))) {
      if (ready.readLine() == null) {
        throw new IOException("./longshore up did not start.");
      }
      // The tasks stand before the first is done, as the others' do.
      double quick =
          Contestant.median(
              () -> {
                database.settle();
                return bench(database, "memory", counts.tasks())
                    .getJsonNumber("drainPerSecond")
                    .doubleValue();
              });
      // Six drains as well, and the median of the last three.
      JsonObject jobs = bench(database, "pipeline", counts.jobs());
      return Map.of("tasks", quick, "jobs", jobs.getJsonNumber("jobsPerSecond").doubleValue());
    } finally {
      up.destroy();
      up.waitFor();
    }
  }

  private JsonObject bench(Database database, String scenario, int tasks)
      throws IOException, InterruptedException {
    Process bench =
        start(database, "bench", "--scenario", scenario, "--tasks", Integer.toString(tasks));
    String line = new String(bench.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (bench.waitFor() != 0) {
      throw new IOException("./longshore bench ended with " + bench.exitValue());
    }
    return Json.createReader(new StringReader(line)).readObject();
  }

  private Process start(Database database, String... arguments) throws IOException {
    String[] command = new String[arguments.length + 1];
    command[0] = checkout.resolve("longshore").toString();
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(Redirect.INHERIT);
    builder
        .environment()
        .putAll(
            Map.of(
                "LONGSHORE_HOME", home.toString(),
                "LONGSHORE_HTTP_PORT", Integer.toString(port),
                "LONGSHORE_DB_URL", database.url(),
                "LONGSHORE_DB_USER", database.user(),
                "LONGSHORE_DB_PASSWORD", database.password()));
    return builder.start();
  }
}
