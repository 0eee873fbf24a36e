package dev.longshore.local;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the build has made: Liberty, the server directory template, the launcher's libraries.
 *
 * @param target the build's output directory, absolute
 */
public record Installation(Path target) {

  /** System property naming the checkout; without it the current directory is taken for it. */
  public static final String CHECKOUT = "longshore.checkout";

  public Installation {
    target = target.toAbsolutePath().normalize();
  }

  /** The one this JVM was started from. */
  public static Installation current() {
    return new Installation(Path.of(System.getProperty(CHECKOUT, "."), "target"));
  }

  /** The directory that the sources were checked out to. */
  public Path checkout() {
    return target.getParent();
  }

  Path liberty() {
    return existing(target.resolve("liberty/wlp"));
  }

  Path serverTemplate() {
    return existing(target.resolve("server"));
  }

  /** The WAR as the build made it. */
  public Path war() {
    return existing(target.resolve("server/apps/longshore.war"));
  }

  /** PostgreSQL's binaries are unpacked there once. */
  Path postgres() {
    return target.resolve("postgres");
  }

  String classPath() {
    return target.resolve("classes") + ":" + existing(target.resolve("launcher")) + "/*";
  }

  private static Path existing(Path path) {
    if (!Files.exists(path)) {
      throw new StartException(
          path + " is missing, nothing was started: build it with \"mvn package -DskipTests\".");
    }
    return path;
  }
}
