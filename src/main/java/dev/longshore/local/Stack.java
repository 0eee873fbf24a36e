package dev.longshore.local;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A node and the servers it needs, those embedded that are not given, in one home. {@link #start}
 * starts all or none; {@link #close} stops the node first, so that it can hand back its work.
 */
public final class Stack implements AutoCloseable {

  private static final Duration READY_LIMIT = Duration.ofSeconds(180);

  private final Installation installation;
  private final Settings settings;
  private final Map<String, String> nodeEnvironment;
  private final Consumer<String> say;
  private final Home home;
  private final CountDownLatch startEnded = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Between a server's end and its start anew. */
  List<Duration> pauses = Keeper.PAUSES;

  /** So often the node may end within ten minutes. */
  int restarts = 5;

  private FileLock lock;
  private volatile Postgres postgres;
  private volatile Broker broker;
  private volatile Node node;
  private Servers servers;
  private volatile boolean closing;

  /**
   * @param nodeEnvironment settings for the node alone
   * @param say takes lines for people
   */
  public Stack(
      Installation installation,
      Settings settings,
      Map<String, String> nodeEnvironment,
      Consumer<String> say) {
    this.installation = installation;
    this.settings = settings;
    this.nodeEnvironment = new HashMap<>(nodeEnvironment);
    this.say = say;
    this.home = settings.home();
    if (settings.get("LONGSHORE_DIAGNOSTICS") == null) {
      this.nodeEnvironment.putIfAbsent("LONGSHORE_DIAGNOSTICS", "true");
    }
  }

  /**
   * Returns when the node takes work.
   *
   * @throws StartException when that can't be; then nothing runs
   */
  public void start() {
    try {
      prepare();
      startServers();
      keep(Node.start(installation, home, servers, settings.httpPort(), nodeEnvironment));
      if (broker != null) {
        broker.awaitReady(); // it started beside the node, which needs it seconds later
      }
      servers.write(home.serversEnv());
      say.accept("PostgreSQL at " + servers.dbUrl() + ", Artemis at " + servers.brokerUrl());
      node.awaitReady(READY_LIMIT);
      Files.writeString(home.url(), node.url() + "\n");
    } catch (IOException e) {
      stopAll();
      throw new StartException("The node's address cannot be kept in " + home.path() + ": " + e, e);
    } catch (RuntimeException e) {
      stopAll();
      throw e;
    } finally {
      startEnded.countDown();
    }
  }

  private void prepare() throws IOException {
    int http = settings.httpPort();
    Surroundings.requireAddresses(settings.servers());
    Surroundings.requireWar(settings.get("LONGSHORE_WAR"));
    home.create();
    lock = home.lock();
    home.pid("launcher").write(ProcessHandle.current());
    // What a killed launcher has left holds ports and data.
    home.pid("node").stopLeftover(Duration.ofSeconds(30));
    home.pid("broker").stopLeftover(Duration.ofSeconds(30));
    Surroundings.requireFree(http, "LONGSHORE_HTTP_PORT");
    settings.httpsPort().ifPresent(port -> Surroundings.requireFree(port, "LONGSHORE_HTTPS_PORT"));
    home.credentials();
  }

  private void startServers() {
    Servers given = settings.servers();
    Servers before = Servers.read(home.serversEnv());
    // The same ports as last time where they are free: other nodes have them in their settings.
    CompletableFuture<Void> database =
        CompletableFuture.runAsync(
            () -> {
              if (given.dbUrl() != null) {
                Surroundings.requireDatabase(given);
              } else {
                int port = Ports.freeAt(Servers.port(before.dbUrl()));
                keep(Postgres.start(installation, home, port));
              }
            });
    CompletableFuture<Void> queues =
        CompletableFuture.runAsync(
            () -> {
              if (given.brokerUrl() != null) {
                Surroundings.requireBroker(given);
              } else {
                int port = Ports.freeAt(Servers.port(before.brokerUrl()));
                keep(Broker.launch(installation, home, port));
              }
            });
    try {
      // Both have ended before anything is stopped again.
      CompletableFuture.allOf(database, queues).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
    servers =
        new Servers(
            postgres == null ? given.dbUrl() : postgres.url(),
            postgres == null ? given.dbUser() : postgres.user(),
            postgres == null ? given.dbPassword() : postgres.password(),
            broker == null ? given.brokerUrl() : broker.url(),
            broker == null ? given.brokerUser() : broker.user(),
            broker == null ? given.brokerPassword() : broker.password());
  }

  /**
   * Starts again, on its old port, what ends by itself, until the stack is closed: other nodes may
   * need the database and the broker of this one. Each server by itself: one that cannot be started
   * now, because its disk is full perhaps, keeps no other from its return, however often it ends.
   *
   * @throws StartException when the node ends again and again
   */
  public void supervise() {
    List<CompletableFuture<Void>> keepers = new ArrayList<>();
    if (postgres != null) {
      int port = Servers.port(servers.dbUrl());
      keepers.add(
          keep(
              "PostgreSQL",
              () -> postgres.process(),
              () -> {
                postgres.close(); // what this JVM holds of it
                keep(Postgres.start(installation, home, port));
              },
              Integer.MAX_VALUE));
    }
    if (broker != null) {
      int port = Servers.port(servers.brokerUrl());
      keepers.add(
          keep(
              "Artemis",
              () -> broker.process().toHandle(),
              () -> keep(Broker.start(installation, home, port)),
              Integer.MAX_VALUE));
    }
    // It is ready when what it needs is there, which may take a while: nobody waits for that.
    keepers.add(
        keep(
            "Open Liberty",
            () -> node.process().toHandle(),
            () ->
                keep(Node.start(installation, home, servers, settings.httpPort(), nodeEnvironment)),
            restarts));
    try {
      CompletableFuture.anyOf(keepers.toArray(CompletableFuture[]::new)).join();
    } catch (CompletionException e) {
      throw new StartException(
          e.getCause().getMessage() + ", all were stopped: see " + home.logs(), e.getCause());
    }
  }

  private CompletableFuture<Void> keep(
      String name, Supplier<ProcessHandle> process, Runnable start, int most) {
    Keeper keeper = new Keeper(name, process, start, say, closed, pauses);
    return CompletableFuture.runAsync(
        () -> keeper.keep(most), work -> new Thread(work, "keeps-" + name).start());
  }

  /** Where the node answers. */
  public URI url() {
    return node.url();
  }

  public Home home() {
    return home;
  }

  /** Stops all, also when it is called in the middle of a start. Returns when nothing runs. */
  @Override
  public void close() {
    closing = true;
    closed.countDown();
    stopAll();
    try {
      // What was being started meanwhile is stopped by who started it.
      startEnded.await(READY_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void stopAll() {
    Node n;
    Broker b;
    Postgres p;
    synchronized (this) {
      closing = true;
      n = node;
      b = broker;
      p = postgres;
    }
    if (n != null) {
      n.close();
    }
    if (b != null) {
      b.close();
    }
    if (p != null) {
      p.close();
    }
    release();
  }

  private synchronized void release() {
    try {
      if (lock != null && lock.isValid()) {
        Files.deleteIfExists(home.url());
        home.pid("launcher").delete();
        lock.channel().close();
      }
    } catch (IOException e) {
      // The process's end releases it.
    }
  }

  private void keep(Postgres started) {
    keep(started, () -> postgres = started);
  }

  private void keep(Broker started) {
    keep(started, () -> broker = started);
  }

  private void keep(Node started) {
    keep(started, () -> node = started);
  }

  /** Whoever starts a server while the stack is being closed stops it again. */
  private void keep(AutoCloseable started, Runnable remember) {
    synchronized (this) {
      if (!closing) {
        remember.run();
        return;
      }
    }
    try {
      started.close();
    } catch (Exception e) {
      throw new StartException("A server could not be stopped: " + e, e);
    }
    throw new StartException("Stopped while starting.");
  }
}
