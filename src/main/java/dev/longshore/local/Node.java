package dev.longshore.local;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Open Liberty with Longshore on it, as a process: one node. Its server directory is made afresh
 * from the build's template at every start, under its home; Liberty's caches beside it stay.
 */
public final class Node implements AutoCloseable {

  private static final String SERVER = "longshore";
  private static final String OWN_WAR = "LONGSHORE_WAR";

  /** Liberty stops applications within 60 s (liberty/application.xml), after the node's drain. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(70);

  private final Process process;
  private final PidFile pid;
  private final Home home;
  private final int httpPort;
  private final Duration stopLimit;
  private final NodeLog log;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  private Node(Process process, PidFile pid, Home home, int httpPort, Duration stopLimit) {
    this.stopLimit = stopLimit;
    this.process = process;
    this.pid = pid;
    this.home = home;
    this.httpPort = httpPort;
    this.log = new NodeLog(logs(home));
  }

  /**
   * Starts the process; {@link #awaitReady} waits until it takes work.
   *
   * @param environment settings beyond the servers' addresses and the HTTP port, by name; the
   *     environment of this process is passed on as well
   * @throws StartException when it cannot be started
   */
  public static Node start(
      Installation installation,
      Home home,
      Servers servers,
      int httpPort,
      Map<String, String> environment) {
    home.create();
    PidFile pid = home.pid("node");
    pid.stopLeftover(STOP_LIMIT);
    Path user = home.path().resolve("liberty");
    Path log = consoleLog(home);
    try {
      Path server = user.resolve("servers").resolve(SERVER);
      copyTemplate(installation.serverTemplate(), server);
      ownWar(environment).ifPresent(war -> copyWar(war, server));
      Map<String, String> env = new HashMap<>(servers.toEnvironment());
      URI broker = Servers.broker(servers.brokerUrl());
      env.put("LONGSHORE_BROKER_HOST", broker.getHost());
      env.put("LONGSHORE_BROKER_PORT", Integer.toString(broker.getPort()));
      env.put("LONGSHORE_HTTP_PORT", Integer.toString(httpPort));
      for (String name : List.of("admin", "operator", "viewer")) {
        env.put("LONGSHORE_" + name.toUpperCase() + "_PASSWORD", home.credentials().password(name));
      }
      env.put("LONGSHORE_HOME", home.path().toString());
      env.put("JAVA_HOME", System.getProperty("java.home"));
      env.put("WLP_USER_DIR", user.toString());
      env.put("LOG_DIR", logs(home).toString());
      // By this name the sessions of a lost node are found, so that it must not be left open.
      env.put("LONGSHORE_WORKER_ID", workerId());
      env.putAll(environment);
      List<String> command =
          List.of(installation.liberty().resolve("bin/server").toString(), "run", SERVER);
      ProcessBuilder builder = Child.command(command, env, log);
      // Settings of another server must not reach this one.
      List.of("WLP_OUTPUT_DIR", "SERVER_CONFIG_DIR", "JVM_ARGS")
          .forEach(builder.environment()::remove);
      // Each of malloc's arenas keeps what it once had; one is enough for a JVM.
      builder.environment().putIfAbsent("MALLOC_ARENA_MAX", "1");
      Duration stopLimit = stopLimit(builder.environment());
      new NodeLog(logs(home)).roll();
      builder.redirectOutput(Redirect.appendTo(log.toFile()));
      Process process = builder.start();
      process.getOutputStream().close();
      pid.write(process.toHandle());
      return new Node(process, pid, home, httpPort, stopLimit);
    } catch (IOException e) {
      throw new StartException("Open Liberty could not be started (" + e + "): see " + log, e);
    }
  }

  /**
   * Waits for {@code GET /health/ready} to answer 200.
   *
   * @throws StartException when the process ends before, or the limit is reached
   */
  public Node awaitReady(Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      String failed = failure(System.nanoTime() > deadline, limit);
      if (failed != null) {
        throw new StartException("Open Liberty " + failed + ": see " + log.file());
      }
      if (isReady() && log.fatal().isEmpty()) {
        return this;
      }
    }
  }

  private String failure(boolean late, Duration limit) {
    try {
      if (process.waitFor(100, TimeUnit.MILLISECONDS)) {
        return "ended with code " + process.exitValue() + " before it was ready";
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "was not waited for any longer";
    }
    return log.fatal()
        .map(line -> "cannot become ready (" + line + ")")
        .orElse(late ? "was not ready within " + limit.toSeconds() + " s" : null);
  }

  /** Whether it takes work now. */
  public boolean isReady() {
    HttpRequest request =
        HttpRequest.newBuilder(url().resolve("health/ready"))
            .timeout(Duration.ofSeconds(5))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** {@code http://127.0.0.1:PORT/}. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + httpPort + "/");
  }

  public Home home() {
    return home;
  }

  /** Liberty's JVM. */
  public Process process() {
    return process;
  }

  /** Sends a signal by its name: {@code STOP} pauses the node, {@code CONT} wakes it. */
  public void signal(String name) {
    Child.signal(process.pid(), name);
  }

  /** Kills it (signal 9), as a power cut would, and returns when it is gone. */
  public void kill() {
    process.destroyForcibly();
    PidFile.exited(process.toHandle(), Duration.ofSeconds(10));
    pid.delete();
  }

  /** Stops it cleanly (signal 15) and returns when it is gone. */
  @Override
  public void close() {
    PidFile.stop(process.toHandle(), stopLimit);
    pid.delete();
  }

  /** What a node may take to stop, which is more than a drain that it was set to may take. */
  private static Duration stopLimit(Map<String, String> settings) {
    return STOP_LIMIT
        .plus(duration(settings, "LONGSHORE_DRAIN_TIMEOUT", "PT5S"))
        .plus(duration(settings, "LONGSHORE_DRAIN_STOP_TIMEOUT", "PT15S"));
  }

  private static Duration duration(Map<String, String> settings, String name, String otherwise) {
    String text = settings.getOrDefault(name, otherwise);
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException e) {
      throw new StartException(
          name
              + " must be a duration in ISO 8601, such as "
              + otherwise
              + ", not \""
              + text
              + "\".");
    }
  }

  private static String workerId() throws IOException {
    String id = System.getenv("LONGSHORE_WORKER_ID");
    return id == null || id.isBlank() ? InetAddress.getLocalHost().getHostName() : id;
  }

  private static Path logs(Home home) {
    return home.logs().resolve("node");
  }

  private static Path consoleLog(Home home) {
    return logs(home).resolve("console.log");
  }

  /** {@code LONGSHORE_WAR}: a WAR of one's own that carries Longshore. */
  private static Optional<Path> ownWar(Map<String, String> environment) {
    String war = environment.getOrDefault(OWN_WAR, System.getenv(OWN_WAR));
    return war == null || war.isBlank() ? Optional.empty() : Optional.of(Path.of(war));
  }

  /** In the place of the build's: roles and endpoints are configured by that name. */
  private static void copyWar(Path war, Path server) {
    try {
      Files.copy(
          war,
          server.resolve("apps/longshore.war"),
          StandardCopyOption.REPLACE_EXISTING,
          StandardCopyOption.COPY_ATTRIBUTES);
    } catch (IOException e) {
      throw new StartException(
          OWN_WAR
              + " is \""
              + war
              + "\", which cannot be read ("
              + e
              + "), nothing was started: name a WAR that carries Longshore.",
          e);
    }
  }

  private static void copyTemplate(Path template, Path server) throws IOException {
    for (String made : List.of("apps", "lib", "liberty", "server.xml", "jvm.options")) {
      deleteTree(server.resolve(made));
    }
    try (Stream<Path> files = Files.walk(template)) {
      for (Path from : (Iterable<Path>) files::iterator) {
        Path to = server.resolve(template.relativize(from).toString());
        if (Files.isDirectory(from)) {
          Files.createDirectories(to);
        } else {
          // With its time, so that Liberty's caches see whether it has changed.
          Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
    Path overrides = Files.createDirectories(server.resolve("configDropins/overrides"));
    Files.writeString(
        overrides.resolve("launcher.xml"),
        """
        <!-- Made by the launcher. The console is a file that does not rotate: messages.log does. -->
        <server>
          <logging consoleLogLevel="WARNING"/>
        </server>
        """);
  }

  private static void deleteTree(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(file);
      }
    }
  }
}
