package dev.longshore.story;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A line of TCP between a node and one of its servers that a test can cut: a port of this machine
 * that passes every connection on. {@link #cut} is a cable that is pulled with both ends told,
 * {@link #silence} one where nobody is told, {@link #mend} ends either.
 */
public final class CutLine implements AutoCloseable {

  private enum State {
    WHOLE,
    CUT,
    SILENT
  }

  private final InetSocketAddress server;
  private final ServerSocket door;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private State state = State.WHOLE;

  private CutLine(InetSocketAddress server) {
    this.server = server;
    try {
      door = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start("accept", this::accept);
  }

  /** A line to that server, whole. */
  public static CutLine to(String host, int port) {
    return new CutLine(new InetSocketAddress(host, port));
  }

  /** A line to the server of that URL: {@code tcp://…} or {@code jdbc:postgresql://…}. */
  public static CutLine to(String url) {
    URI server = URI.create(url.replaceFirst("^jdbc:", ""));
    return to(server.getHost(), server.getPort());
  }

  public int port() {
    return door.getLocalPort();
  }

  /** The URL by which the server is reached over this line. */
  public String over(String url) {
    return url.replace(
        server.getHostString() + ":" + server.getPort(), "127.0.0.1:" + door.getLocalPort());
  }

  /** Ends every connection, on both sides, and every new one at once. */
  public void cut() {
    become(State.CUT);
    open.forEach(this::end);
  }

  /** From now on nothing passes any more, and nobody is told. New connections hear nothing. */
  public void silence() {
    become(State.SILENT);
  }

  /** New connections pass again; what was held back by a silence goes on its way. */
  public void mend() {
    become(State.WHOLE);
  }

  @Override
  public void close() {
    become(State.CUT);
    open.forEach(this::end);
    try {
      door.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void become(State next) {
    state = next;
    notifyAll();
  }

  /** False when the line is cut; waits while it is silent. */
  private synchronized boolean passes() throws InterruptedException {
    while (state == State.SILENT) {
      wait();
    }
    return state == State.WHOLE;
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        Socket client = door.accept();
        open.add(client);
        start("connect", () -> connect(client));
      } catch (IOException e) {
        // Closed, or out of sockets for a moment.
      }
    }
  }

  private void connect(Socket client) {
    Socket other = new Socket();
    open.add(other);
    try {
      if (passes()) {
        other.connect(server, 5_000);
        client.setTcpNoDelay(true);
        other.setTcpNoDelay(true);
        start("back", () -> pass(other, client));
        pass(client, other);
      }
    } catch (IOException e) {
      // The server does not listen: its client learns that from the connection's end.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      end(client);
      end(other);
    }
  }

  private void pass(Socket from, Socket to) {
    byte[] bytes = new byte[16_384];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(bytes); n >= 0 && passes(); n = in.read(bytes)) {
        out.write(bytes, 0, n);
      }
    } catch (IOException e) {
      // One end is gone: so is the other, below.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      end(from);
      end(to);
    }
  }

  private void end(Socket socket) {
    open.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone, which was the aim.
    }
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(work, "cut-line-" + name);
    thread.setDaemon(true);
    thread.start();
  }
}
