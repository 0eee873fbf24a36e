package dev.longshore.local;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A node that ends as soon as it has said that it is ready, and at once when it is started anew.
 * With an argument it goes on.
 */
final class FakeLiberty {

  private FakeLiberty() {}

  public static void main(String[] args) throws Exception {
    Path before = Path.of(System.getenv("LONGSHORE_HOME"), "was-ready");
    if (Files.exists(before)) {
      return;
    }
    Files.createFile(before);
    int port = Integer.parseInt(System.getenv("LONGSHORE_HTTP_PORT"));
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    http.createContext(
        "/health/ready",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
          if (args.length == 0) {
            System.exit(0);
          }
        });
    http.start();
  }
}
