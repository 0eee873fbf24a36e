package dev.longshore.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.story.Coverage;
import dev.longshore.story.NodeJvm;
import jakarta.jms.JMSContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The three servers as processes: they start, keep what they were given, and end. */
class LocalServersIT {

  private final Installation installation = Installation.current();
  @TempDir Path directory;

  @Test
  void a_node_becomes_ready_on_the_embedded_servers_and_all_three_stop() {
    Home home = new Home(directory.resolve("home")).create();
    NodeJvm.quickAndMeasured(home.path().resolve("liberty"));
    try (Postgres postgres = Postgres.start(installation, home, Ports.free());
        Broker broker = Broker.start(installation, home, Ports.free());
        Node node =
            Node.start(installation, home, servers(postgres, broker), Ports.free(), env())) {
      node.awaitReady(Duration.ofSeconds(90));

      assertThat(home.pid("postgres").live()).contains(postgres.process());
      assertThat(home.pid("broker").live()).contains(broker.process().toHandle());
      assertThat(home.pid("node").live()).contains(node.process().toHandle());
    }
    assertThat(home.pid("postgres").live()).isEmpty();
    assertThat(home.pid("broker").live()).isEmpty();
    assertThat(home.pid("node").live()).isEmpty();
  }

  @Test
  void postgres_keeps_its_data_over_a_restart_and_after_its_launcher_was_killed()
      throws SQLException, IOException {
    Home home = new Home(directory.resolve("home")).create();
    Path data = home.path().resolve("postgres");
    // What a start leaves that was killed while it made the data directory.
    Files.writeString(Files.createDirectories(data).resolve("PG_VERSION"), "18");
    Postgres first = Postgres.start(installation, home, Ports.free());
    try (first) {
      execute(first, "create table kept (n int)");
    }
    assertThat(first.process().isAlive()).isFalse();
    try (Stream<Path> files = Files.list(home.path())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .anyMatch(name -> name.startsWith("postgres-unfinished-"));
    }

    // After a crash of the machine another program may have the id that PostgreSQL had.
    Path pid = data.resolve("postmaster.pid");
    Files.writeString(pid, ProcessHandle.current().pid() + "\n");

    Postgres left = Postgres.start(installation, home, Ports.free());
    execute(left, "insert into kept values (1)");
    // Not stopped, as if its launcher had been killed, and zonky's lock with it.
    Files.delete(home.path().resolve("postgres/epg-lock"));
    try (Postgres next = Postgres.start(installation, home, Ports.free())) {
      assertThat(left.process().isAlive()).isFalse();
      assertThat(single(next, "select sum(n) from kept")).isEqualTo("1");
    }
  }

  @Test
  void postgres_asks_for_its_password() {
    Home home = new Home(directory.resolve("home")).create();
    try (Postgres postgres = Postgres.start(installation, home, Ports.free())) {
      assertThatThrownBy(() -> DriverManager.getConnection(postgres.url(), "postgres", "guessed"))
          .hasMessageContaining("password authentication failed");
    }
  }

  @Test
  void postgres_that_cannot_be_told_whether_it_runs_is_not_started() throws IOException {
    Home home = new Home(directory.resolve("home")).create();
    Path data = Files.createDirectories(home.path().resolve("postgres"));
    Files.writeString(data.resolve("postmaster.pid"), "rubbish\n");
    assertThatThrownBy(() -> Postgres.start(installation, home, Ports.free()))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("postmaster.pid cannot be read: stop PostgreSQL there and delete it");
  }

  @Test
  void artemis_ends_with_its_launcher_and_is_not_started_twice_on_a_port() throws Exception {
    Home home = new Home(directory.resolve("home")).create();
    int port = Ports.free();
    // As Broker starts it, and measured.
    List<String> command = new ArrayList<>(List.of(Child.java().toString()));
    if (!Coverage.agent().isEmpty()) {
      command.add(Coverage.agent().strip());
    }
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-cp",
            installation.classPath(),
            BrokerServer.class.getName(),
            home.path().resolve("broker").toString(),
            Integer.toString(port)));
    Process artemis =
        Child.command(command, Map.of(BrokerServer.PASSWORD, "p"), home.logs().resolve("b.log"))
            .start();
    try {
      assertThat(artemis.inputReader().readLine()).isEqualTo(BrokerServer.READY);
      assertThatThrownBy(
              () -> Broker.start(installation, new Home(directory.resolve("two")).create(), port))
          .isInstanceOf(StartException.class)
          .hasMessageStartingWith("Artemis did not start on port " + port + ": see ");
      artemis.outputWriter().close(); // which happens when its launcher dies
      assertThat(artemis.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(artemis.exitValue()).isZero();
    } finally {
      artemis.destroyForcibly();
    }
  }

  /**
   * As with a full disk, files of this process grow no more: Artemis stops itself when it has to
   * write, as it has for these messages; for claims it has not.
   */
  @Test
  void artemis_that_has_no_room_left_ends_and_starts_again_when_there_is_room() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "there is prlimit");
    Home home = new Home(directory.resolve("home")).create();
    Broker full = Broker.start(installation, home, Ports.free());
    String pid = Long.toString(full.process().pid());
    new ProcessBuilder("prlimit", "--pid", pid, "--fsize=1000000:").start().waitFor();

    assertThatThrownBy(() -> send(full)).isInstanceOf(RuntimeException.class);

    assertThat(full.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(home.logs().resolve("broker.log"))).contains("Critical IO");
    try (Broker again = Broker.start(installation, home, Ports.free())) {
      send(again);
    }
  }

  /**
   * Some megabytes to where nobody takes them; none so large as to be kept in a file of its own.
   */
  private static void send(Broker broker) {
    ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(broker.url());
    try (factory;
        JMSContext context = factory.createContext(broker.user(), broker.password())) {
      for (int i = 0; i < 200; i++) {
        context.createProducer().send(context.createQueue("longshore.dead"), "x".repeat(20_000));
      }
    }
  }

  private static Servers servers(Postgres postgres, Broker broker) {
    return new Servers(
        postgres.url(),
        postgres.user(),
        postgres.password(),
        broker.url(),
        broker.user(),
        broker.password());
  }

  private static Map<String, String> env() {
    return Map.of("LONGSHORE_WORKER_ID", "local-servers");
  }

  private static void execute(Postgres postgres, String sql) throws SQLException {
    try (Connection c = connect(postgres);
        Statement s = c.createStatement()) {
      s.execute(sql);
    }
  }

  private static String single(Postgres postgres, String sql) throws SQLException {
    try (Connection c = connect(postgres);
        Statement s = c.createStatement();
        ResultSet rows = s.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static Connection connect(Postgres postgres) throws SQLException {
    return DriverManager.getConnection(postgres.url(), postgres.user(), postgres.password());
  }
}
