package dev.longshore.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Artemis that does not start: there is nothing on the class path of these installations. */
class BrokerTest {

  @TempDir Path directory;
  private Home home;
  private Installation installation;

  @BeforeEach
  void prepare() throws IOException {
    home = new Home(directory.resolve("home")).create();
    installation = FakeInstallation.in(directory, "");
  }

  @Test
  void what_ends_before_it_takes_connections_is_named() throws IOException {
    assertThatThrownBy(() -> Broker.start(installation, home, 1))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("Artemis did not start on port 1: see ");
    assertThat(home.pid("broker").live()).isEmpty();
    assertThat(Files.readString(home.logs().resolve("broker.log"))).contains("BrokerServer");
  }

  @Test
  void who_is_interrupted_waits_no_longer_and_nothing_is_left() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> Broker.start(installation, home, 1))
        .isInstanceOf(StartException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(home.pid("broker").live()).isEmpty();
  }

  @Test
  void logs_that_cannot_be_written_are_named() throws IOException {
    Files.delete(home.logs());
    Files.writeString(home.logs(), "in the way");
    assertThatThrownBy(() -> Broker.start(installation, home, 1))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("Artemis could not be started (");
  }
}
