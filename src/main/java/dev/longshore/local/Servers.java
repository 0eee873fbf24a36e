package dev.longshore.local;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Where the database and the broker are, embedded or one's own.
 *
 * @param dbUrl JDBC
 * @param brokerUrl {@code tcp://host:port}
 */
public record Servers(
    String dbUrl,
    String dbUser,
    String dbPassword,
    String brokerUrl,
    String brokerUser,
    String brokerPassword) {

  /** The settings' names, as in {@code servers.env}, without those that are not set. */
  public Map<String, String> toEnvironment() {
    Map<String, String> env = new LinkedHashMap<>();
    env.put("LONGSHORE_DB_URL", dbUrl);
    env.put("LONGSHORE_DB_USER", dbUser);
    env.put("LONGSHORE_DB_PASSWORD", dbPassword);
    env.put("LONGSHORE_BROKER_URL", brokerUrl);
    env.put("LONGSHORE_BROKER_USER", brokerUser);
    env.put("LONGSHORE_BROKER_PASSWORD", brokerPassword);
    env.values().removeIf(Objects::isNull);
    return env;
  }

  static Servers of(Map<String, String> env) {
    return new Servers(
        env.get("LONGSHORE_DB_URL"),
        env.get("LONGSHORE_DB_USER"),
        env.get("LONGSHORE_DB_PASSWORD"),
        env.get("LONGSHORE_BROKER_URL"),
        env.get("LONGSHORE_BROKER_USER"),
        env.get("LONGSHORE_BROKER_PASSWORD"));
  }

  /** Writes {@code KEY=value} lines for a second node, readable by the owner only. */
  public void write(Path file) {
    StringBuilder text = new StringBuilder();
    toEnvironment().forEach((key, value) -> text.append(key + "=" + value + "\n"));
    try {
      Home.writeOwnerOnly(file, text.toString());
    } catch (IOException e) {
      throw new StartException("The servers' addresses cannot be written to " + file + ": " + e, e);
    }
  }

  /** What an earlier start has written; every part {@code null} when there is no such file. */
  public static Servers read(Path file) {
    Map<String, String> env = new LinkedHashMap<>();
    try {
      if (Files.exists(file)) {
        for (String line : Files.readAllLines(file)) {
          int equals = line.indexOf('=');
          if (equals > 0) {
            env.put(line.substring(0, equals), line.substring(equals + 1));
          }
        }
      }
    } catch (IOException e) {
      throw new StartException("The servers' addresses cannot be read from " + file + ": " + e, e);
    }
    return of(env);
  }

  /**
   * Splits {@code tcp://host:port}.
   *
   * @throws StartException when it is nothing of the kind
   */
  static URI broker(String url) {
    try {
      URI uri = URI.create(url);
      if ("tcp".equals(uri.getScheme()) && uri.getHost() != null && uri.getPort() > 0) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new StartException(
        "LONGSHORE_BROKER_URL is \"" + url + "\", nothing was started: give tcp://host:port.");
  }

  /** The port in a JDBC URL of PostgreSQL or in a broker's URL; -1 when it names none. */
  static int port(String url) {
    return url == null ? -1 : URI.create(url.replaceFirst("^jdbc:", "")).getPort();
  }
}
