package dev.longshore.story;

import dev.longshore.local.Broker;
import dev.longshore.local.Home;
import dev.longshore.local.Installation;
import dev.longshore.local.Node;
import dev.longshore.local.Ports;
import dev.longshore.local.Servers;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Real servers for a test: a database of its own on the one PostgreSQL of this JVM, a broker of its
 * own, and the nodes that the test asks for. Everything ends with the JVM at the latest.
 */
public final class Cluster implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofMinutes(3);
  private static final Installation INSTALLATION = Installation.current();
  private static final Path ROOT = INSTALLATION.target().resolve("it");

  /** A second and more of each start; the shared node alone is asked for the description. */
  private static final String NO_OPEN_API = "MP_OPENAPI_SCAN_DISABLE";

  private static Cluster shared;

  private final String name;
  private final Broker broker;
  private final Servers servers;
  private final List<Node> nodes = new ArrayList<>();
  private boolean measured = true;

  private Cluster(String name) {
    this.name = name;
    this.broker = Broker.start(INSTALLATION, home(name + "-broker"), Ports.free());
    this.servers =
        new Servers(
            database(name),
            TestServers.servers().dbUser(),
            TestServers.servers().dbPassword(),
            broker.url(),
            broker.user(),
            broker.password());
    Runtime.getRuntime().addShutdownHook(new Thread(this::close));
  }

  /** A cluster that the test has for itself, without nodes yet. */
  public static Cluster named(String name) {
    return new Cluster(name);
  }

  /** The same, whose nodes say nothing of what they cover: they will be killed. */
  public static Cluster unmeasured(String name) {
    Cluster cluster = new Cluster(name);
    cluster.measured = false;
    return cluster;
  }

  /**
   * One cluster with one node, for every test that leaves its node alive. Their classes stay in one
   * thread, {@code @Execution(SAME_THREAD)}; others run beside them.
   */
  public static synchronized Cluster shared() {
    if (shared == null) {
      shared = named("shared");
      shared.node(
          "shared-1",
          Map.of(
              "LONGSHORE_ISSUE_COMMAND",
              IssueCommand.TEMPLATE,
              "LONGSHORE_DIAGNOSTICS_EVENT_WORKERS",
              "100", // for the bench
              NO_OPEN_API,
              "false"));
    }
    return shared;
  }

  /** Starts a node and waits until it takes work. */
  public Node node(String worker, Map<String, String> settings) {
    return starting(worker, settings).awaitReady(START_LIMIT);
  }

  /** Starts a node and does not wait. */
  public Node starting(String worker, Map<String, String> settings) {
    return starting(worker, worker, settings);
  }

  /** Starts a node in a home of that name and does not wait. */
  public Node starting(String worker, String home, Map<String, String> settings) {
    Map<String, String> environment = new HashMap<>();
    environment.put("LONGSHORE_WORKER_ID", worker);
    environment.put("LONGSHORE_DIAGNOSTICS", "true");
    environment.put(NO_OPEN_API, "true");
    environment.putAll(settings);
    Home nodeHome = home(name + "-" + home);
    Path liberty = nodeHome.path().resolve("liberty");
    if (measured) {
      NodeJvm.quickAndMeasured(liberty);
    } else {
      NodeJvm.quick(liberty);
    }
    Node node = Node.start(INSTALLATION, nodeHome, servers, Ports.free(), environment);
    nodes.add(node);
    return node;
  }

  /** HTTP to the first node, as the operator. */
  public Rest rest() {
    return Rest.of(nodes.get(0), "operator");
  }

  /** The same as another user. */
  public Rest rest(String user) {
    return Rest.of(nodes.get(0), user);
  }

  /** The same as nobody. */
  public Rest anonymous() {
    return Rest.anonymous(nodes.get(0));
  }

  /** Where the first node has its data, its logs and its passwords. */
  public Home home() {
    return nodes.get(0).home();
  }

  /** Where the first node answers. */
  public URI url() {
    return nodes.get(0).url();
  }

  public Servers servers() {
    return servers;
  }

  public Broker broker() {
    return broker;
  }

  public Connection connect() throws SQLException {
    return DriverManager.getConnection(servers.dbUrl(), servers.dbUser(), servers.dbPassword());
  }

  /** Makes a value of a row. */
  @FunctionalInterface
  public interface Row<T> {
    T of(ResultSet row) throws SQLException;
  }

  public <T> List<T> query(String sql, Row<T> mapper) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<T> found = new ArrayList<>();
      while (rows.next()) {
        found.add(mapper.of(rows));
      }
      return found;
    }
  }

  /** The one number that a query answers. */
  public long number(String sql) throws SQLException {
    return query(sql, row -> row.getLong(1)).get(0);
  }

  public void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() {
    nodes.forEach(node -> node.signal("CONT"));
    Coverage.ask();
    nodes.forEach(Node::kill);
    nodes.clear();
    broker.close();
  }

  /** Makes an empty database on the run's PostgreSQL and answers its URL. */
  static String database(String name) {
    Servers run = TestServers.servers();
    String database = "it_" + name.replace('-', '_');
    try (Connection connection =
            DriverManager.getConnection(run.dbUrl(), run.dbUser(), run.dbPassword());
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + database);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return run.dbUrl().substring(0, run.dbUrl().lastIndexOf('/') + 1) + database;
  }

  private static Home home(String name) {
    return new Home(ROOT.resolve(name)).create();
  }
}
