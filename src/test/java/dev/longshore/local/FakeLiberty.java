package dev.longshore.local;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A node that ends as soon as it has said that it is ready. */
final class FakeLiberty {

  private FakeLiberty() {}

  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(System.getenv("LONGSHORE_HTTP_PORT"));
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    http.createContext(
        "/health/ready",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
          System.exit(0);
        });
    http.start();
  }
}
