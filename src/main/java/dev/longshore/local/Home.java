package dev.longshore.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The data directory of one launcher: its servers' data and logs, its secrets, its process ids.
 *
 * @param path absolute; {@link #create} makes it
 */
public record Home(Path path) {

  public Home {
    path = path.toAbsolutePath().normalize();
  }

  /**
   * Makes the directory where it is missing, for its owner only.
   *
   * @throws StartException when it can't be written
   */
  public Home create() {
    try {
      if (!Files.isDirectory(path)) {
        Files.createDirectories(path.getParent());
        Files.createDirectory(
            path,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      Files.createDirectories(logs());
      Files.createDirectories(run());
      Files.delete(Files.createTempFile(path, "write", null));
      return this;
    } catch (IOException e) {
      throw new StartException(
          "The data directory "
              + path
              + " cannot be written ("
              + e
              + "), nothing was started: set LONGSHORE_HOME to a directory that can.",
          e);
    }
  }

  /**
   * Takes the directory for this launcher alone until the lock is closed or the JVM ends.
   *
   * @throws StartException when another one lives in it
   */
  public FileLock lock() {
    try {
      FileChannel channel =
          FileChannel.open(
              path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        throw new StartException(
            "Another launcher is running in "
                + path
                + ", nothing was started: stop it, or set LONGSHORE_HOME to another directory.");
      }
      return lock;
    } catch (IOException e) {
      throw new StartException("The data directory " + path + " cannot be locked: " + e, e);
    }
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  public Path logs() {
    return path.resolve("logs");
  }

  Path run() {
    return path.resolve("run");
  }

  /** The process id of {@code postgres}, {@code broker}, {@code node} or {@code launcher}. */
  public PidFile pid(String name) {
    return new PidFile(run().resolve(name + ".pid"));
  }

  /** Names and passwords for HTTP: admin, operator, viewer. */
  public Secrets credentials() {
    return Secrets.at(path.resolve("credentials"), "admin", "operator", "viewer");
  }

  /** Passwords of the embedded servers. */
  Secrets serverSecrets() {
    return Secrets.at(path.resolve("secrets"), Postgres.USER, Broker.USER);
  }

  /** A file with the running node's address. */
  public Path url() {
    return run().resolve("url");
  }

  /** Addresses of the database and the broker, for a second node. */
  public Path serversEnv() {
    return path.resolve("servers.env");
  }

  /** Replaces a file in one step; nobody but the owner can ever read it. */
  static void writeOwnerOnly(Path file, String text) throws IOException {
    Path fresh =
        Files.createTempFile(
            file.getParent(),
            file.getFileName().toString(),
            null,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(fresh, text, StandardCharsets.UTF_8);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
