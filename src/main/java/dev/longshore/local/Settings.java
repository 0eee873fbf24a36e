package dev.longshore.local;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What the environment asks of a launcher: {@code LONGSHORE_*} variables. An empty one counts as
 * not set.
 */
public final class Settings {

  private static final int HTTP_PORT = 9080;

  private final Map<String, String> environment;
  private final Path checkout;

  public Settings(Map<String, String> environment, Installation installation) {
    this(environment, installation.checkout());
  }

  private Settings(Map<String, String> environment, Path checkout) {
    this.environment = new HashMap<>(environment);
    this.environment.values().removeIf(String::isBlank);
    this.checkout = checkout;
  }

  /** The same but for these; an empty one is taken away. */
  public Settings with(Map<String, String> others) {
    Map<String, String> all = new HashMap<>(environment);
    all.putAll(others);
    return new Settings(all, checkout);
  }

  /** {@code LONGSHORE_HOME}, by default {@code .longshore} in the checkout. */
  public Home home() {
    String home = get("LONGSHORE_HOME");
    return new Home(home == null ? checkout.resolve(".longshore") : Path.of(home));
  }

  /** The directory that the sources were checked out to. */
  public Path checkout() {
    return checkout;
  }

  /** {@code LONGSHORE_HTTP_PORT}, by default 9080. */
  public int httpPort() {
    return port("LONGSHORE_HTTP_PORT").orElse(HTTP_PORT);
  }

  /** {@code LONGSHORE_HTTPS_PORT}; without it there is no HTTPS. */
  public OptionalInt httpsPort() {
    return port("LONGSHORE_HTTPS_PORT");
  }

  /** A variable's value; {@code null} when it is not set. */
  public String get(String name) {
    return environment.get(name);
  }

  /**
   * The servers that are given; the address of one that is not is {@code null}. Users are those
   * that the server configuration takes when none are set.
   */
  public Servers servers() {
    Map<String, String> given = new HashMap<>(environment);
    given.putIfAbsent("LONGSHORE_DB_USER", "postgres");
    given.putIfAbsent("LONGSHORE_DB_PASSWORD", "postgres");
    given.putIfAbsent("LONGSHORE_BROKER_USER", "longshore");
    given.putIfAbsent("LONGSHORE_BROKER_PASSWORD", "longshore");
    return Servers.of(given);
  }

  private OptionalInt port(String name) {
    String value = get(name);
    if (value == null || value.equals("-1")) {
      return OptionalInt.empty();
    }
    try {
      int port = Integer.parseInt(value.strip());
      if (port >= 1 && port <= 65_535) {
        return OptionalInt.of(port);
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new StartException(
        name + " is \"" + value + "\", nothing was done: give a port between 1 and 65535.");
  }
}
