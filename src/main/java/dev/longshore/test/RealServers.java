package dev.longshore.test;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A JUnit extension that starts PostgreSQL, Artemis and a node, once for all the test classes of a
 * JVM that have it, and stops them at its end. Tests take the node as a parameter of the type
 * {@link RunningNode}.
 *
 * <p>It calls the project's launcher: {@code ./longshore up}, or what the system property {@code
 * longshore.launcher} names, in the current directory; with a home of its own below {@code target}
 * that is empty at first, and on a free port. {@code LONGSHORE_*} variables are passed on.
 */
public final class RealServers implements BeforeAllCallback, ParameterResolver {

  private static final String LAUNCHER = "longshore.launcher";
  private static final String READY = "ready ";

  @Override
  public void beforeAll(ExtensionContext context) {
    running(context);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == RunningNode.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return running(context).node;
  }

  private static Running running(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(Namespace.create(RealServers.class))
        .getOrComputeIfAbsent(Running.class, key -> Running.start(), Running.class);
  }

  /** The launcher's process; the store of the test run closes it. */
  private static final class Running implements AutoCloseable {

    private final Process process;
    private final Path home;
    private RunningNode node;

    private Running(Process process, Path home) {
      this.process = process;
      this.home = home;
    }

    static Running start() {
      try {
        Path home = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "it-");
        File talk = Path.of("target", "longshore-it.log").toFile();
        ProcessBuilder builder =
            new ProcessBuilder(
                    Path.of(System.getProperty(LAUNCHER, "longshore")).toAbsolutePath().toString(),
                    "up")
                .redirectInput(Redirect.from(new File("/dev/null")))
                .redirectError(talk);
        builder.environment().put("LONGSHORE_HOME", home.toAbsolutePath().toString());
        builder.environment().put("LONGSHORE_HTTP_PORT", Integer.toString(freePort()));
        Running running = new Running(builder.start(), home);
        // Also when the JVM is ended in the middle of the tests.
        Runtime.getRuntime().addShutdownHook(new Thread(running::stop));
        running.awaitReady(talk);
        return running;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void awaitReady(File talk) throws IOException {
      BufferedReader out = process.inputReader();
      String line = out.readLine(); // the launcher has a limit for the start itself
      if (line == null || !line.startsWith(READY)) {
        stop();
        throw new IllegalStateException(
            "The servers did not start, see "
                + talk.getAbsolutePath()
                + ": "
                + String.join(" ", lastLines(talk.toPath())));
      }
      node = new RunningNode(URI.create(line.substring(READY.length())), home);
    }

    private static List<String> lastLines(Path file) throws IOException {
      List<String> lines = Files.readAllLines(file);
      return lines.subList(Math.max(0, lines.size() - 3), lines.size());
    }

    @Override
    public void close() throws IOException {
      stop();
      try (Stream<Path> files = Files.walk(home)) {
        for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
          Files.delete(file);
        }
      }
    }

    private void stop() {
      process.destroy();
      try {
        if (!process.waitFor(2, TimeUnit.MINUTES)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
