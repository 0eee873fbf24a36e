package dev.longshore.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.config.impl.SecurityConfiguration;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.spi.core.remoting.Acceptor;
import org.apache.activemq.artemis.spi.core.security.ActiveMQJAASSecurityManager;
import org.apache.activemq.artemis.spi.core.security.jaas.InVMLoginModule;

/**
 * The broker's process: {@code BrokerServer DIRECTORY PORT}. Prints {@code ready} when it takes
 * connections; ends with TERM, or when its standard input ends, as it does when its launcher dies.
 */
final class BrokerServer {

  static final String PASSWORD = "LONGSHORE_BROKER_PASSWORD";
  static final String READY = "ready";
  private static final String DEAD_LETTERS = "longshore.dead";

  /** Held, so that its level stays: it would write a line for every message. */
  private static final Logger AUDIT = Logger.getLogger("org.apache.activemq.audit");

  private BrokerServer() {}

  public static void main(String[] args) throws Exception {
    AUDIT.setLevel(Level.OFF);
    EmbeddedActiveMQ broker = new EmbeddedActiveMQ();
    broker.setConfiguration(configuration(Path.of(args[0]), Integer.parseInt(args[1])));
    broker.setSecurityManager(users(System.getenv(PASSWORD)));
    broker.start();
    // Without room on its disk Artemis stops itself, and this process would stand there without it.
    broker
        .getActiveMQServer()
        .registerIOCriticalErrorListener((why, message, file) -> Runtime.getRuntime().halt(1));
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(broker, stopped), "stop"));
    Acceptor clients = broker.getActiveMQServer().getRemotingService().getAcceptor("clients");
    if (clients == null || clients.getActualPort() != Integer.parseInt(args[1])) {
      // Artemis could not bind its port, says so in its log and goes on without it; such an
      // acceptor
      // counts as started.
      System.exit(1);
    }
    System.out.println(READY);
    System.out.flush();
    awaitLauncherEnd();
    System.exit(0);
  }

  private static void stop(EmbeddedActiveMQ broker, CountDownLatch stopped) {
    try {
      broker.stop();
    } catch (Exception e) {
      Logger.getLogger(BrokerServer.class.getName()).log(Level.WARNING, "Not stopped cleanly", e);
    } finally {
      stopped.countDown();
    }
  }

  private static void awaitLauncherEnd() {
    try {
      while (System.in.read() >= 0) {
        // Nobody writes.
      }
    } catch (IOException e) {
      // The other end is gone as well.
    }
  }

  private static ActiveMQJAASSecurityManager users(String password) {
    SecurityConfiguration users = new SecurityConfiguration();
    users.addUser(Broker.USER, password);
    users.addRole(Broker.USER, Broker.USER);
    return new ActiveMQJAASSecurityManager(InVMLoginModule.class.getName(), users);
  }

  private static Configuration configuration(Path directory, int port) throws Exception {
    return new ConfigurationImpl()
        .setName("longshore")
        .setPersistenceEnabled(true)
        .setBindingsDirectory(directory.resolve("bindings").toString())
        .setJournalDirectory(directory.resolve("journal").toString())
        .setPagingDirectory(directory.resolve("paging").toString())
        .setLargeMessagesDirectory(directory.resolve("large").toString())
        .setJournalType(JournalType.NIO)
        .setJournalMinFiles(2)
        .setJournalPoolFiles(10)
        // Claims are not written to it at all, and PostgreSQL has them: what a power cut takes from
        // the journal is nobody's.
        .setJournalDatasync(false)
        // 0.2 ms instead of 3.3: a lone message waits that long for others to be written with.
        .setJournalBufferTimeout_NIO(200_000)
        .setSecurityEnabled(true)
        .setJMXManagementEnabled(true)
        .setGracefulShutdownEnabled(false)
        // Work is not lost with the broker: a full disk is PostgreSQL's to complain about.
        .setMaxDiskUsage(-1)
        .addAcceptorConfiguration("clients", "tcp://127.0.0.1:" + port + "?protocols=CORE")
        .putSecurityRoles("#", Set.of(role()))
        .addAddressSetting("#", addressSettings())
        .addQueueConfiguration(queue("longshore.long"))
        .addQueueConfiguration(queue("longshore.quick"))
        .addQueueConfiguration(queue(DEAD_LETTERS));
  }

  private static Role role() {
    return new Role(
        Broker.USER, true, true, true, true, true, true, true, true, true, true, true, true);
  }

  /** Attempts are counted in PostgreSQL: the broker delivers until somebody takes the claim. */
  private static AddressSettings addressSettings() {
    return new AddressSettings()
        .setMaxDeliveryAttempts(-1)
        .setRedeliveryDelay(500)
        .setDeadLetterAddress(SimpleString.of(DEAD_LETTERS))
        .setExpiryAddress(SimpleString.of(DEAD_LETTERS))
        .setAutoCreateQueues(false)
        .setAutoCreateAddresses(false);
  }

  private static QueueConfiguration queue(String name) {
    return QueueConfiguration.of(name)
        .setAddress(name)
        .setRoutingType(RoutingType.ANYCAST)
        .setDurable(true);
  }
}
