package dev.longshore.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeTest {

  @TempDir Path directory;

  @Test
  void one_launcher_has_it_at_a_time() throws IOException {
    Home home = new Home(directory.resolve("home")).create();
    try (FileLock lock = home.lock()) {
      assertThat(lock.isValid()).isTrue();
      assertThatThrownBy(home::lock)
          .isInstanceOf(StartException.class)
          .hasMessageStartingWith("Another launcher is running in " + home.path());
    }
    home.lock().close();
  }

  @Test
  void one_that_is_not_there_cannot_be_had() {
    Home home = new Home(directory.resolve("none"));
    assertThatThrownBy(home::lock)
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("The data directory " + home.path() + " cannot be locked");
  }

  @Test
  void what_was_not_built_is_named() {
    assertThatThrownBy(() -> new Installation(directory).war())
        .isInstanceOf(StartException.class)
        .hasMessageContaining("longshore.war is missing, nothing was started: build it with");
  }
}
