package dev.longshore.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The way from a node to a server: a TCP proxy that can be silenced or severed, and mended. */
final class Line implements AutoCloseable {

  private enum State {
    WHOLE,
    SILENT,
    SEVERED
  }

  private final ServerSocket listener;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private State state = State.WHOLE;

  Line(int target) {
    this.target = target;
    try {
      this.listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** As a network that loses packets: nobody hears anything, and what was sent arrives later. */
  synchronized void silence() {
    state = State.SILENT;
  }

  /** As a server whose machine is gone: every connection breaks, none is made. */
  synchronized void sever() {
    state = State.SEVERED;
    sockets.forEach(Line::close);
    sockets.clear();
    notifyAll();
  }

  synchronized void mend() {
    state = State.WHOLE;
    notifyAll();
  }

  private synchronized boolean isSevered() {
    return state == State.SEVERED;
  }

  private synchronized void awaitWhole() throws InterruptedException {
    while (state == State.SILENT) {
      wait();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket near = listener.accept();
        start(() -> connect(near));
      } catch (IOException e) {
        // Closed, or nobody came after all.
      }
    }
  }

  private void connect(Socket near) {
    try {
      awaitWhole();
      Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
      sockets.add(near);
      sockets.add(far);
      if (isSevered()) {
        end(near, far);
        return;
      }
      near.setTcpNoDelay(true);
      far.setTcpNoDelay(true);
      start(() -> pump(near, far));
      pump(far, near);
    } catch (IOException e) {
      close(near);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[16_384];
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        awaitWhole();
        out.write(buffer, 0, n);
      }
    } catch (IOException e) {
      // The other side's end tells this one.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      end(from, to);
    }
  }

  private void end(Socket near, Socket far) {
    close(near);
    close(far);
    sockets.remove(near);
    sockets.remove(far);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no more use either way.
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "line");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sever();
  }
}
