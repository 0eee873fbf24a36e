package dev.longshore.local;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;

/** What must hold before anything is started. Each check names the setting that is wrong. */
final class Surroundings {

  private Surroundings() {}

  static void requireAddresses(Servers given) {
    if (given.dbUrl() != null && !given.dbUrl().startsWith("jdbc:postgresql:")) {
      throw new StartException(
          "LONGSHORE_DB_URL is \""
              + given.dbUrl()
              + "\", nothing was started: give jdbc:postgresql://host:port/database.");
    }
    if (given.brokerUrl() != null) {
      Servers.broker(given.brokerUrl());
    }
  }

  /**
   * @param war {@code null} for the build's
   */
  static void requireWar(String war) {
    if (war != null && !Files.isReadable(Path.of(war))) {
      throw new StartException(
          "LONGSHORE_WAR is \""
              + war
              + "\", which cannot be read, nothing was started: name a WAR that carries"
              + " Longshore.");
    }
  }

  static void requireFree(int port, String setting) {
    if (!Ports.isFree(port)) {
      throw new StartException(
          "Port "
              + port
              + " is taken by another program, nothing was started: set "
              + setting
              + " to a free one.");
    }
  }

  static void requireDatabase(Servers given) {
    DriverManager.setLoginTimeout(10);
    try {
      DriverManager.getConnection(given.dbUrl(), given.dbUser(), given.dbPassword()).close();
    } catch (SQLException e) {
      throw new StartException(
          "The database at LONGSHORE_DB_URL, "
              + given.dbUrl()
              + ", does not let us in ("
              + e.getMessage().replaceAll("\\s+", " ")
              + "), nothing was started.",
          e);
    }
  }

  static void requireBroker(Servers given) {
    URI url = Servers.broker(given.brokerUrl());
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(url.getHost(), url.getPort()), 10_000);
    } catch (IOException e) {
      throw new StartException(
          "No broker answers at LONGSHORE_BROKER_URL, "
              + url
              + " ("
              + e
              + "), nothing was started.",
          e);
    }
  }
}
