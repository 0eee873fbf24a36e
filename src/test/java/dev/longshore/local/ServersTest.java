package dev.longshore.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServersTest {

  @TempDir Path directory;

  @Test
  void what_is_written_for_a_second_node_is_read_again_and_nobody_else_reads_it()
      throws IOException {
    Servers servers =
        new Servers("jdbc:postgresql://h:1/d?a=b", "u", "p=w", "tcp://h:2", null, "q");
    Path file = directory.resolve("servers.env");
    servers.write(file);
    assertThat(Files.readAllLines(file)).contains("LONGSHORE_DB_PASSWORD=p=w").hasSize(5);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(Servers.read(file)).isEqualTo(servers);
  }

  @Test
  void without_a_file_nothing_is_known() {
    assertThat(Servers.read(directory.resolve("none")).dbUrl()).isNull();
  }

  @Test
  void a_broker_s_address_is_split() {
    assertThat(Servers.broker("tcp://broker.example:61616").getHost()).isEqualTo("broker.example");
    assertThat(Servers.broker("tcp://broker.example:61616").getPort()).isEqualTo(61616);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"broker:61616", "tcp://broker", "http://broker:61616", "tcp://", ":", " "})
  void what_is_no_broker_s_address_is_refused_by_name(String url) {
    assertThatThrownBy(() -> Servers.broker(url))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("LONGSHORE_BROKER_URL");
  }

  @ParameterizedTest
  @CsvSource({
    "jdbc:postgresql://127.0.0.1:5433/longshore, 5433",
    "tcp://127.0.0.1:61616, 61616",
    "jdbc:postgresql://127.0.0.1/longshore, -1",
    ", -1"
  })
  void the_port_of_last_time_is_found(String url, int port) {
    assertThat(Servers.port(url)).isEqualTo(port);
  }

  @Test
  void what_cannot_be_written_or_read_is_named() {
    Path nowhere = directory.resolve("none/servers.env");
    assertThatThrownBy(() -> Servers.read(directory).write(nowhere))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("The servers' addresses cannot be read from " + directory);
    assertThatThrownBy(() -> Servers.read(nowhere).write(nowhere))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("The servers' addresses cannot be written to " + nowhere);
  }
}
