package dev.longshore.chaos;

import dev.longshore.local.Broker;
import dev.longshore.local.Home;
import dev.longshore.local.Installation;
import dev.longshore.local.Node;
import dev.longshore.local.Ports;
import dev.longshore.local.Postgres;
import dev.longshore.local.Servers;
import dev.longshore.story.CutLine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** The processes of a run: PostgreSQL, Artemis and nodes that reach both over {@link CutLine}s. */
final class Fleet implements AutoCloseable {

  private static final Duration READY = Duration.ofMinutes(3);

  /** A node that has its place in the run whether or not it lives at the moment. */
  final class Member {
    final String id;
    final Home home;
    final int port = Ports.free();
    final CutLine toDatabase = CutLine.to("127.0.0.1", databasePort);
    final CutLine toBroker = CutLine.to("127.0.0.1", brokerPort);
    private volatile Node node;

    private Member(String id) {
      this.id = id;
      this.home = new Home(directory.resolve(id)).create();
    }

    void start() {
      Servers servers =
          new Servers(
              toDatabase.over(postgres.url()),
              postgres.user(),
              postgres.password(),
              toBroker.over(broker.url()),
              broker.user(),
              broker.password());
      Map<String, String> environment = new HashMap<>(settings);
      environment.put("LONGSHORE_WORKER_ID", id);
      node = Node.start(installation, home, servers, port, environment);
    }

    Node node() {
      return node;
    }

    URI url() {
      return URI.create("http://127.0.0.1:" + port + "/");
    }

    void mend() {
      toDatabase.mend();
      toBroker.mend();
    }
  }

  private final Installation installation = Installation.current();
  private final Path directory;
  private final Map<String, String> settings;
  private final List<Member> members = new ArrayList<>();
  private final int databasePort = Ports.free();
  private final int brokerPort = Ports.free();
  private volatile Postgres postgres;
  private volatile Broker broker;

  /**
   * @param directory for homes, data and logs
   * @param settings of every node
   */
  Fleet(Path directory, Map<String, String> settings) {
    this.directory = directory;
    this.settings = settings;
  }

  /** Starts the servers and so many nodes, and returns when all of them take work. */
  void start(int nodes) {
    startDatabase();
    startBroker();
    for (int i = 1; i <= nodes; i++) {
      members.add(new Member("n" + i));
    }
    members.forEach(Member::start);
    members.forEach(member -> member.node().awaitReady(READY));
  }

  List<Member> members() {
    return members;
  }

  Postgres postgres() {
    return postgres;
  }

  /**
   * As a power cut would end it: the whole of PostgreSQL at once, nothing written down any more.
   */
  void killDatabase() {
    List<ProcessHandle> children = postgres.process().children().toList();
    postgres.process().destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    postgres.process().onExit().join();
  }

  void restartDatabase() {
    postgres.close();
    startDatabase();
  }

  /** Returns when it answers, after the recovery that follows the crash of a backend. */
  void awaitDatabase() {
    Awaitility.await("PostgreSQL answers")
        .atMost(READY)
        .ignoreExceptions()
        .until(
            () -> {
              try (Connection connection = connect()) {
                return connection.isValid(2);
              }
            });
  }

  private void startDatabase() {
    postgres =
        Postgres.start(installation, new Home(directory.resolve("db")).create(), databasePort);
  }

  void killBroker() {
    broker.process().destroyForcibly();
    broker.process().onExit().join();
  }

  /** Deletes what it keeps; it must not run. */
  void wipeBroker() {
    Path data = directory.resolve("broker").resolve("broker");
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void startBroker() {
    broker = Broker.start(installation, new Home(directory.resolve("broker")).create(), brokerPort);
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(postgres.url(), postgres.user(), postgres.password());
  }

  @Override
  public void close() {
    for (Member member : members) {
      member.mend();
      if (member.node() != null) {
        member.node().signal("CONT");
        member.node().kill();
      }
      member.toDatabase.close();
      member.toBroker.close();
    }
    if (broker != null) {
      broker.close();
    }
    if (postgres != null) {
      postgres.close();
    }
  }
}
