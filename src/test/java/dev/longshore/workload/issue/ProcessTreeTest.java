package dev.longshore.workload.issue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where {@code /proc} is not to be had; where it is: {@code CommandRunTest}. */
class ProcessTreeTest {

  @TempDir private Path directory;

  @Test
  void withoutProcTheDescendantsAreWhatIsKnown() throws Exception {
    Path proc = Files.createDirectory(directory.resolve("proc"));
    Process root = new ProcessBuilder("/bin/sh", "-c", "sleep 300 & wait").start();
    ProcessTree tree = new ProcessTree(root, true, proc);
    await().until(() -> root.descendants().count() == 1);
    ProcessHandle child = root.descendants().findFirst().orElseThrow();
    Files.delete(proc);

    tree.stop(Duration.ofSeconds(30));

    assertThat(root.isAlive()).isFalse();
    await().until(() -> !child.isAlive());
  }
}
