package dev.longshore.story;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jacoco.core.data.ExecutionDataWriter;
import org.jacoco.core.runtime.RemoteControlReader;
import org.jacoco.core.runtime.RemoteControlWriter;

/**
 * What the servers of a test run cover, where the run itself is measured by JaCoCo: their agents
 * connect here, tell at their end what they saw, and are asked for it before they are killed. What
 * a test kills by itself, in the middle of its work, is lost.
 */
public final class Coverage {

  private static final String AGENT = "-javaagent:";
  private static final Path FILE = Path.of("target/jacoco/servers.exec");

  /** Null when this JVM is not measured. */
  private static Coverage run;

  private final String agent;
  private final ServerSocket socket;
  private final ExecutionDataWriter writer;
  private final OutputStream file;
  private final Set<Server> servers = ConcurrentHashMap.newKeySet();

  private Coverage(String agent) throws IOException {
    this.agent = agent;
    this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Files.createDirectories(FILE.getParent());
    this.file = new BufferedOutputStream(Files.newOutputStream(FILE));
    this.writer = new ExecutionDataWriter(file);
    daemon(this::accept);
  }

  /** Collects until {@link #end}, if this JVM is measured. */
  static void begin() throws IOException {
    Optional<String> measured =
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(argument -> argument.startsWith(AGENT) && argument.contains("jacoco"))
            .map(argument -> argument.substring(AGENT.length(), argument.indexOf('=')))
            .findAny();
    if (measured.isPresent()) {
      run = new Coverage(measured.get());
    }
  }

  /** The JVM option that has a server measured, if this JVM is; else nothing. */
  public static String agent() {
    return run == null
        ? ""
        : "%s%s=output=tcpclient,address=127.0.0.1,port=%d,includes=dev.longshore.*\n"
            .formatted(AGENT, run.agent, run.socket.getLocalPort());
  }

  /** Asks every server for what it has seen so far. */
  static void ask() {
    if (run != null) {
      run.servers.forEach(Server::ask);
    }
  }

  static void end() throws IOException {
    if (run != null) {
      ask();
      run.socket.close();
      synchronized (run.writer) {
        run.file.close();
      }
    }
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Server server = new Server(socket.accept());
        servers.add(server);
        daemon(server::read);
      } catch (IOException e) {
        return; // the run is over
      }
    }
  }

  /** The agent of one server. */
  private final class Server {
    private final RemoteControlWriter commands;
    private final RemoteControlReader answers;
    private volatile CountDownLatch answered = new CountDownLatch(1);

    Server(Socket socket) throws IOException {
      // The reader checks the header, which comes first.
      this.commands = new RemoteControlWriter(socket.getOutputStream());
      this.answers = new RemoteControlReader(socket.getInputStream());
      answers.setSessionInfoVisitor(
          info -> {
            synchronized (writer) {
              writer.visitSessionInfo(info);
            }
          });
      answers.setExecutionDataVisitor(
          data -> {
            synchronized (writer) {
              writer.visitClassExecution(data);
            }
          });
    }

    void read() {
      try {
        while (answers.read()) {
          answered.countDown();
        }
      } catch (IOException e) {
        // Killed.
      } finally {
        servers.remove(this);
        answered.countDown();
      }
    }

    /** One that is paused does not answer before it goes on; it is not waited for long. */
    synchronized void ask() {
      try {
        answered = new CountDownLatch(1);
        commands.visitDumpCommand(true, true);
        answered.await(3, TimeUnit.SECONDS);
      } catch (IOException e) {
        servers.remove(this);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "coverage");
    thread.setDaemon(true);
    thread.start();
  }
}
