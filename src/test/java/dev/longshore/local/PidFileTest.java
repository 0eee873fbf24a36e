package dev.longshore.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {

  @TempDir Path directory;

  @Test
  void a_leftover_is_found_and_stopped() throws IOException {
    PidFile file = new PidFile(directory.resolve("a.pid"));
    Process process = new ProcessBuilder("sleep", "600").start();
    file.write(process.toHandle());
    assertThat(file.live()).contains(process.toHandle());

    file.stopLeftover(Duration.ofSeconds(10));
    assertThat(process.isAlive()).isFalse();
    assertThat(file.live()).isEmpty();
  }

  @Test
  void another_program_that_has_the_id_now_is_left_alone() throws IOException {
    PidFile file = new PidFile(directory.resolve("a.pid"));
    Process process = new ProcessBuilder("sleep", "600").start();
    try {
      Files.writeString(file.file(), process.pid() + " 1000\n");
      assertThat(file.live()).isEmpty();
      file.stopLeftover(Duration.ofSeconds(10));
      assertThat(process.isAlive()).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void rubbish_names_no_process() throws IOException {
    PidFile file = new PidFile(directory.resolve("a.pid"));
    Files.writeString(file.file(), "");
    assertThat(file.live()).isEmpty();
  }

  @Test
  void what_does_not_heed_its_end_is_killed() throws IOException {
    Process process =
        new ProcessBuilder("sh", "-c", "trap '' TERM; echo deaf; exec sleep 600").start();
    assertThat(process.inputReader().readLine()).isEqualTo("deaf");
    PidFile.stop(process.toHandle(), Duration.ofMillis(200));
    assertThat(process.isAlive()).isFalse();
  }

  @Test
  void who_is_interrupted_waits_for_no_process() throws IOException {
    Process process = new ProcessBuilder("sleep", "600").start();
    try {
      Thread.currentThread().interrupt();
      assertThat(PidFile.exited(process.toHandle(), Duration.ofMinutes(1))).isFalse();
      assertThat(Thread.interrupted()).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }
}
