package dev.longshore.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/**
 * Runs the chaos harness, which is a test: Maven compiles it and says its class path, and a JVM of
 * its own runs it. Servers, nodes and ports are its own; no node of the home is touched.
 */
@Command(
    name = "chaos",
    description = {
      "Kills, stops, pauses and cuts nodes, PostgreSQL and Artemis of its own at random under a"
          + " mixed load, then checks that nothing was lost or done twice. Prints progress, and at"
          + " the end one JSON line.",
      "Exit code 1 when a promise was broken."
    })
final class Chaos implements Callable<Integer> {

  private static final String MAIN = "dev.longshore.chaos.Chaos";

  @ParentCommand private Longshore longshore;

  @Option(names = "--minutes", paramLabel = "N", description = "How long; by default 2.")
  private double minutes = 2;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "What is done to whom follows from it; by default a new one, which is printed.")
  private Long seed;

  @Option(names = "--nodes", paramLabel = "N", description = "How many; by default 3.")
  private int nodes = 3;

  @Option(
      names = "--faults",
      paramLabel = "KIND,…",
      description =
          "Only these: kill-node, stop-node, pause-node, cut-database, cut-broker, cut-both,"
              + " drain-node, kill-broker, wipe-broker, kill-database, kill-backend,"
              + " drop-connections, pause-queue, pause-type.")
  private String faults;

  @Option(
      names = "--rest",
      paramLabel = "SECONDS",
      description =
          "How long everything may take to come to its end when nothing is harmed any more; by"
              + " default 600.")
  private int rest = 600;

  @Option(names = "--no-limits", description = "No queue has a limit: claims go another way then.")
  private boolean noLimits;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description = "For history, data and logs; by default target/chaos/SEED-TIME.")
  private Path directory;

  @Override
  public Integer call() throws Exception {
    if (!(minutes > 0 && minutes <= 10_000)) {
      throw new CommandException(
          Longshore.BAD_INPUT, "--minutes " + minutes + " must be above 0, at most 10000.");
    }
    if (nodes < 1 || nodes > 20) {
      throw new CommandException(Longshore.BAD_INPUT, "--nodes " + nodes + " must be 1 to 20.");
    }
    if (rest < 0) {
      throw new CommandException(Longshore.BAD_INPUT, "--rest " + rest + " must be 0 or more.");
    }
    Path checkout = longshore.settings.checkout();
    long chosen = seed == null ? ThreadLocalRandom.current().nextInt(1_000_000) : seed;
    Path kept =
        directory == null
            ? checkout.resolve("target/chaos/" + chosen + "-" + System.currentTimeMillis() / 1000)
            : directory.toAbsolutePath();
    Path classPath = checkout.resolve("target/chaos.classpath");
    compile(checkout, classPath);
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Dlongshore.checkout=" + checkout,
                "-Djava.util.logging.config.file="
                    + checkout.resolve("src/test/resources/logging.properties"),
                "-cp",
                checkout.resolve("target/test-classes")
                    + ":"
                    + checkout.resolve("target/classes")
                    + ":"
                    + Files.readString(classPath).strip(),
                MAIN));
    command.addAll(List.of("--minutes", "" + minutes, "--seed", "" + chosen));
    command.addAll(List.of("--nodes", "" + nodes, "--directory", kept.toString()));
    command.addAll(List.of("--rest", "" + rest));
    if (noLimits) {
      command.addAll(List.of("--limits", "false"));
    }
    if (faults != null) {
      command.addAll(List.of("--faults", faults));
    }
    return run(command, checkout);
  }

  private static void compile(Path checkout, Path classPath) throws Exception {
    List<String> maven =
        List.of(
            // The one line on standard output is the run's.
            "/bin/sh",
            "-c",
            "exec mvn \"$@\" >&2",
            "mvn",
            "-q",
            "-B",
            "-Dstyle.color=never",
            "-Dspotless.check.skip=true",
            "test-compile",
            "dependency:build-classpath",
            "-Dmdep.includeScope=test",
            "-Dmdep.outputFile=" + classPath);
    if (run(maven, checkout) != 0) {
      throw new CommandException(
          Longshore.BAD_INPUT, "The harness could not be compiled, nothing was run: see above.");
    }
  }

  private static int run(List<String> command, Path directory) throws Exception {
    Process process;
    try {
      process = new ProcessBuilder(command).directory(directory.toFile()).inheritIO().start();
    } catch (IOException e) {
      throw new CommandException(
          Longshore.BAD_INPUT,
          command.get(0) + " could not be started (" + e.getMessage() + "), nothing was run.");
    }
    Thread end = new Thread(() -> end(process), "end the run");
    Runtime.getRuntime().addShutdownHook(end);
    int code = process.waitFor();
    try {
      Runtime.getRuntime().removeShutdownHook(end);
    } catch (IllegalStateException e) {
      // The JVM is going down: the hook has ended the process.
    }
    return code;
  }

  /** It ends its servers and nodes before it is gone. */
  private static void end(Process process) {
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
