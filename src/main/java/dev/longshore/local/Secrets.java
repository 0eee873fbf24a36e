package dev.longshore.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** Passwords in a file that only its owner can read, one {@code name:password} a line. */
public final class Secrets {

  private final Map<String, String> passwords;

  private Secrets(Map<String, String> passwords) {
    this.passwords = passwords;
  }

  /** Reads the file; makes it, or the names that it lacks, where need be. */
  static Secrets at(Path file, String... names) {
    try {
      Map<String, String> found =
          Files.exists(file) ? parse(Files.readString(file)) : new LinkedHashMap<>();
      boolean complete = true;
      for (String name : names) {
        complete &= found.putIfAbsent(name, random()) != null;
      }
      if (!complete) {
        StringBuilder text = new StringBuilder();
        found.forEach(
            (name, password) -> text.append(name).append(':').append(password).append('\n'));
        Home.writeOwnerOnly(file, text.toString());
      }
      return new Secrets(found);
    } catch (IOException e) {
      throw new StartException("The passwords in " + file + " cannot be kept: " + e, e);
    }
  }

  /**
   * Reads a file that a launcher has made.
   *
   * @throws StartException when there is none yet
   */
  public static Secrets read(Path file) {
    try {
      return new Secrets(parse(Files.readString(file, StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new StartException(
          "No passwords can be read from "
              + file
              + ": is LONGSHORE_HOME the directory of a launcher that has been started?",
          e);
    }
  }

  static Map<String, String> parse(String text) {
    Map<String, String> found = new LinkedHashMap<>();
    text.lines()
        .map(String::strip)
        .filter(line -> line.indexOf(':') > 0)
        .forEach(
            line -> {
              int colon = line.indexOf(':');
              found.put(line.substring(0, colon), line.substring(colon + 1));
            });
    return found;
  }

  /** The password that goes with a name; {@code null} when there is none. */
  public String password(String name) {
    return passwords.get(name);
  }

  private static String random() {
    byte[] bytes = new byte[18];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
