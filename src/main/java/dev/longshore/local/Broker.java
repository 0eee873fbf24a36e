package dev.longshore.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Artemis on the loopback address, in a JVM of its own that ends with its launcher. */
public final class Broker implements AutoCloseable {

  static final String USER = "longshore";
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

  private final Process process;
  private final PidFile pid;
  private final int port;
  private final String password;
  private final Path log;

  private Broker(Process process, PidFile pid, int port, String password, Path log) {
    this.process = process;
    this.pid = pid;
    this.port = port;
    this.password = password;
    this.log = log;
  }

  /**
   * Starts it and waits until it takes connections.
   *
   * @throws StartException when it does not start
   */
  public static Broker start(Installation installation, Home home, int port) {
    Broker broker = launch(installation, home, port);
    broker.awaitReady();
    return broker;
  }

  /**
   * Starts its process; {@link #awaitReady} waits for it.
   *
   * @throws StartException when there is none
   */
  static Broker launch(Installation installation, Home home, int port) {
    Path log = home.logs().resolve("broker.log");
    PidFile pid = home.pid("broker");
    pid.stopLeftover(STOP_LIMIT);
    String password = home.serverSecrets().password(USER);
    List<String> command =
        List.of(
            Child.java().toString(),
            "-Xms32m",
            "-Xmx256m",
            "-XX:+UseSerialGC",
            // Half the start: nothing in here runs hot for long.
            "-XX:TieredStopAtLevel=1",
            // Netty's and the journal's native parts, without a warning on newer Java.
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            installation.classPath(),
            BrokerServer.class.getName(),
            home.path().resolve("broker").toString(),
            Integer.toString(port));
    try {
      Process process =
          Child.command(command, Map.of(BrokerServer.PASSWORD, password), log).start();
      pid.write(process.toHandle());
      return new Broker(process, pid, port, password, log);
    } catch (IOException e) {
      throw new StartException("Artemis could not be started (" + e + "): see " + log, e);
    }
  }

  /**
   * Returns when it takes connections.
   *
   * @throws StartException when it does not come to that; then it is stopped
   */
  void awaitReady() {
    if (!saysReady()) {
      close();
      throw new StartException("Artemis did not start on port " + port + ": see " + log);
    }
  }

  /** The broker prints one line when it takes connections; the end of its output is its own end. */
  private boolean saysReady() {
    BufferedReader output = process.inputReader();
    CompletableFuture<String> line =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return output.readLine();
              } catch (IOException e) {
                return null;
              }
            });
    try {
      return BrokerServer.READY.equals(line.get(START_LIMIT.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException | ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** {@code tcp://host:port}. */
  public String url() {
    return "tcp://127.0.0.1:" + port;
  }

  public String user() {
    return USER;
  }

  public String password() {
    return password;
  }

  public Process process() {
    return process;
  }

  @Override
  public void close() {
    PidFile.stop(process.toHandle(), STOP_LIMIT);
    pid.delete();
  }
}
