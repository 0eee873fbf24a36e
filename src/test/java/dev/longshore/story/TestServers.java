package dev.longshore.story;

import dev.longshore.local.Broker;
import dev.longshore.local.Home;
import dev.longshore.local.Installation;
import dev.longshore.local.Ports;
import dev.longshore.local.Postgres;
import dev.longshore.local.Servers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * PostgreSQL and Artemis for a whole test run, and a server directory on them for Arquillian's
 * Liberty. Only failsafe asks for them, by a system property: unit tests start nothing.
 */
public final class TestServers implements LauncherSessionListener {

  private static final String WANTED = "longshore.it";

  private static Postgres postgres;
  private static Broker broker;

  /** The run's servers. */
  public static Servers servers() {
    return new Servers(
        postgres.url(),
        postgres.user(),
        postgres.password(),
        broker.url(),
        broker.user(),
        broker.password());
  }

  /** The same, with a database that nothing else is done in. */
  private static Servers warmed() {
    Servers run = servers();
    return new Servers(
        Cluster.database("warm"),
        run.dbUser(),
        run.dbPassword(),
        run.brokerUrl(),
        run.brokerUser(),
        run.brokerPassword());
  }

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    if (Boolean.getBoolean(WANTED) && postgres == null) {
      Installation installation = Installation.current();
      Path directory = installation.target().resolve("it");
      deleteTree(directory);
      Home home = new Home(directory).create();
      try {
        Coverage.begin();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      postgres = Postgres.start(installation, home, Ports.free());
      broker = Broker.start(installation, home, Ports.free());
      try {
        Workarea.make(installation, new Home(directory.resolve("warm")), warmed());
        prepareLiberty(installation, home);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void launcherSessionClosed(LauncherSession session) {
    if (broker != null) {
      try {
        Coverage.end();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      broker.close();
      postgres.close();
    }
  }

  /** The server directory of the build, with Arquillian deploying what the build would have. */
  private static void prepareLiberty(Installation installation, Home home) throws IOException {
    // Arquillian finds the server's process by its name, among all of the machine.
    String name = "longshore-it-" + ProcessHandle.current().pid();
    Path usr = home.path().resolve("usr");
    NodeJvm.quickAndMeasured(usr);
    Path server = usr.resolve("servers").resolve(name);
    Path template = installation.target().resolve("server");
    try (Stream<Path> files = Files.walk(template)) {
      for (Path from : (Iterable<Path>) files::iterator) {
        Path to = server.resolve(template.relativize(from).toString());
        if (Files.isDirectory(from)) {
          Files.createDirectories(to);
        } else if (!from.equals(installation.war())) {
          Files.copy(from, to);
        }
      }
    }
    int http = Ports.free();
    write(
        server.resolve("server.xml"),
        Files.readString(server.resolve("server.xml"))
            .replace("<include location=\"liberty/application.xml\"/>", "")
            .replace("</featureManager>", "<feature>localConnector-1.0</feature></featureManager>")
            .replace("</server>", settings(home, http) + "</server>"));
    String application = Files.readString(server.resolve("liberty/application.xml"));
    Path roles = home.path().resolve("roles.xml");
    write(roles, application.replaceAll("(?s).*(<application-bnd>.*</application-bnd>).*", "$1"));
    System.setProperty("longshore.it.usr", usr.toString());
    System.setProperty("longshore.it.server", name);
    System.setProperty("longshore.it.http", Integer.toString(http));
    System.setProperty("longshore.it.roles", roles.toString());
  }

  private static String settings(Home home, int http) {
    Map<String, String> variables = new LinkedHashMap<>(servers().toEnvironment());
    String[] hostAndPort = broker.url().substring("tcp://".length()).split(":");
    variables.put("LONGSHORE_BROKER_HOST", hostAndPort[0]);
    variables.put("LONGSHORE_BROKER_PORT", hostAndPort[1]);
    variables.put("LONGSHORE_HOME", home.path().toString());
    for (String user : new String[] {"admin", "operator", "viewer"}) {
      variables.put("LONGSHORE_" + user.toUpperCase() + "_PASSWORD", user);
    }
    // In-container tests call the engine's verbs themselves; the node is not to do so beside them.
    variables.put("longshore.claim.interval", "P1D");
    variables.put("longshore.recover.interval", "P1D");
    variables.put("longshore.worker.lease", "PT4H"); // nor to renew what a test has ended
    variables.put("longshore.worker.heartbeat", "PT1H");
    variables.put("longshore.stop.abandon", "PT3S"); // of what ignores its interruption
    variables.put(
        "mp.openapi.scan.disable", "true"); // a second of each deployment, and nobody asks
    StringBuilder xml = new StringBuilder();
    variables.forEach(
        (key, value) -> xml.append("<variable name=\"%s\" value=\"%s\"/>\n".formatted(key, value)));
    return xml
        + """
        <httpEndpoint id="defaultHttpEndpoint" host="127.0.0.1" httpPort="%d" httpsPort="-1"/>
        <applicationManager startTimeout="120s" stopTimeout="60s" autoExpand="false"/>
        <applicationMonitor updateTrigger="mbean" dropinsEnabled="false"/>
        <config updateTrigger="polled" monitorInterval="200ms"/>
        """
            .formatted(http);
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
  }

  private static void deleteTree(Path tree) {
    if (!Files.exists(tree)) {
      return;
    }
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
