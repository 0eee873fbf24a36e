package dev.longshore.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** TCP ports on the loopback address. */
public final class Ports {

  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

  private Ports() {}

  /** Whether a server could listen there now. */
  public static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      // As servers do, so that connections of an earlier one in TIME_WAIT don't count.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** A port that nobody listens on, and that this JVM has given to nobody else. */
  public static int free() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return GIVEN.add(socket.getLocalPort()) ? socket.getLocalPort() : free();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The preferred port when it is free, any other otherwise. */
  public static int freeAt(int preferred) {
    return preferred > 0 && isFree(preferred) ? preferred : free();
  }
}
