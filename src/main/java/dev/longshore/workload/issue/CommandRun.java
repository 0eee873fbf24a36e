package dev.longshore.workload.issue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** One run of a command: started as a list of arguments, never through a shell. */
final class CommandRun implements AutoCloseable {

  /** The command could not be started; the message says why, and which setting to look at. */
  static final class CannotStart extends Exception {
    /** Whether no later try could do better. */
    private final boolean forGood;

    CannotStart(String message, boolean forGood, Throwable cause) {
      super(message, cause);
      this.forGood = forGood;
    }

    boolean forGood() {
      return forGood;
    }
  }

  private static final Duration PUMP = Duration.ofSeconds(2);
  private static final int E2BIG = 7;

  private final Process process;
  private final ProcessTree tree;
  private final Watchdog watchdog;
  private final Thread pump;
  private final Duration grace;

  private CommandRun(
      Process process,
      Optional<Path> setsid,
      Output output,
      Duration grace,
      ThreadFactory threads) {
    this.process = process;
    this.watchdog = Watchdog.over(process.pid(), setsid.isPresent(), setsid.map(Path::toString));
    this.grace = grace;
    this.tree = new ProcessTree(process, setsid.isPresent());
    this.pump = threads.newThread(() -> pump(process.getInputStream(), output));
    pump.setName("output-of-" + process.pid());
    pump.setDaemon(true);
    pump.start();
  }

  /**
   * Starts it, with nothing to read and with its two outputs in one.
   *
   * @param environment all that it sees of an environment
   * @param grace between TERM and KILL, when it is to end or has left something behind
   * @param threads makes the thread that reads the output
   */
  static CommandRun start(
      List<String> words,
      Path directory,
      Map<String, String> environment,
      Output output,
      Duration grace,
      ThreadFactory threads)
      throws CannotStart {
    if (!Files.isDirectory(directory)) {
      throw new CannotStart(
          "The directory "
              + directory
              + " does not exist: nothing was run. Make it, or set"
              + " longshore.issue.directory.",
          false,
          null);
    }
    List<String> arguments = new ArrayList<>(words);
    arguments.set(0, program(words.get(0), directory, environment.get("PATH")).toString());
    Optional<Path> setsid = find("setsid", System.getenv("PATH"));
    setsid.ifPresent(path -> arguments.add(0, path.toString()));
    ProcessBuilder builder =
        new ProcessBuilder(arguments)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.environment().clear();
    builder.environment().putAll(environment);
    try {
      return new CommandRun(builder.start(), setsid, output, grace, threads);
    } catch (IOException e) {
      boolean tooLong = e.getMessage().contains("error=" + E2BIG + ",");
      throw new CannotStart(
          tooLong
              ? "The description is longer than an argument of a command may be: nothing was run."
              : "The command could not be started ("
                  + e.getMessage()
                  + "): nothing was run. Look at"
                  + " longshore.issue.command.",
          tooLong,
          e);
    }
  }

  // Looked up here: ProcessBuilder would take the node's own PATH, setsid would only exit with 127.
  private static Path program(String name, Path directory, String path) throws CannotStart {
    Optional<Path> found =
        name.contains("/")
            ? Optional.of(directory.resolve(name)).filter(CommandRun::isProgram)
            : find(name, path);
    return found.orElseThrow(
        () ->
            new CannotStart(
                "There is no program '"
                    + name
                    + "' "
                    + (name.contains("/")
                        ? "in " + directory
                        : "on the command's PATH (" + path + ")")
                    + ": nothing was run. Install it, or set longshore.issue.command.",
                false,
                null));
  }

  private static Optional<Path> find(String name, String path) {
    return path == null
        ? Optional.empty()
        : List.of(path.split(":")).stream()
            .map(folder -> Path.of(folder, name).toAbsolutePath())
            .filter(CommandRun::isProgram)
            .findFirst();
  }

  private static boolean isProgram(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }

  static void pump(InputStream from, Output to) {
    byte[] buffer = new byte[16_384];
    try (from) {
      for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
        to.add(buffer, n);
      }
    } catch (IOException e) {
      // the pipe was closed under us: the command has ended
    }
  }

  long pid() {
    return process.pid();
  }

  /** Waits that long; true when the command has ended. */
  boolean ended(Duration wait) throws InterruptedException {
    return process.waitFor(wait.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** To be called about once a second while it runs. */
  void look() {
    tree.look();
  }

  /** Its exit code, 128 + n when signal n ended it; empty while it runs. */
  Optional<Integer> exitCode() {
    return process.isAlive() ? Optional.empty() : Optional.of(process.exitValue());
  }

  /**
   * Ends it if it runs, and what it left behind if it does not: TERM to the whole process tree, the
   * grace, KILL. Then waits for the last of its output. What has got away from its tree may hold
   * the pipe open for ever: its thread is left to wait alone. An interrupt meanwhile is kept for
   * later.
   */
  @Override
  public void close() {
    tree.stop(grace);
    watchdog.close();
    boolean interrupted = Thread.interrupted();
    try {
      pump.join(PUMP.toMillis());
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
