package dev.longshore.story;

import dev.longshore.local.Home;
import dev.longshore.local.Installation;
import dev.longshore.local.Node;
import dev.longshore.local.Ports;
import dev.longshore.local.Servers;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * What Liberty resolves, unpacks and remembers in its work area at a server's first start, which is
 * a third of that start. Tests start some fifty nodes in new homes: all but the first of a build
 * begin with what that one has left. Liberty itself makes anew what has changed since.
 */
final class Workarea {

  private static final Duration START_LIMIT = Duration.ofMinutes(3);

  /** One server's own. */
  private static final Set<String> NOT_COPIED = Set.of(".sLock", ".sCommandAuth", "ltpa.keys");

  private Workarea() {}

  /** Starts a node in that home and stops it again, unless a run before did. */
  static void make(Installation installation, Home home, Servers servers) throws IOException {
    Path kept = kept(installation);
    if (Files.exists(kept)) {
      return;
    }
    // Written whole when the server stops.
    Map<String, String> settings = Map.of("LONGSHORE_WORKER_ID", "warms-up");
    try (Node node = Node.start(installation, home, servers, Ports.free(), settings)) {
      node.awaitReady(START_LIMIT);
    }
    Path half = kept.resolveSibling("workarea-half");
    copy(of(home.path().resolve("liberty")), half);
    Files.move(half, kept);
  }

  /** For a new server in that user directory. */
  static void copyTo(Path userDirectory) throws IOException {
    Path kept = kept(Installation.current());
    Path own = of(userDirectory);
    if (Files.exists(kept) && !Files.exists(own)) {
      copy(kept, own);
    }
  }

  private static Path kept(Installation installation) {
    return installation.target().resolve("workarea");
  }

  private static Path of(Path userDirectory) {
    return userDirectory.resolve("servers/longshore/workarea");
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            if (NOT_COPIED.contains(directory.getFileName().toString())) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            Files.createDirectories(to.resolve(from.relativize(directory)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (!NOT_COPIED.contains(file.getFileName().toString())) {
              // With its time: Liberty's caches go by it.
              Files.copy(
                  file,
                  to.resolve(from.relativize(file)),
                  StandardCopyOption.COPY_ATTRIBUTES,
                  StandardCopyOption.REPLACE_EXISTING);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
