package dev.longshore.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {

  @TempDir Path directory;

  @Test
  void passwords_are_made_once_for_the_owner_only() throws IOException {
    Path file = directory.resolve("credentials");
    Secrets made = Secrets.at(file, "admin", "viewer");
    assertThat(made.password("admin")).hasSize(24).isNotEqualTo(made.password("viewer"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(Files.readAllLines(file))
        .containsExactly("admin:" + made.password("admin"), "viewer:" + made.password("viewer"));

    assertThat(Secrets.at(file, "admin", "viewer").password("admin"))
        .isEqualTo(made.password("admin"));
  }

  @Test
  void a_name_that_is_missing_is_added_and_the_others_stay() throws IOException {
    Path file = directory.resolve("credentials");
    Files.writeString(file, "admin:with:colon\n\nrubbish\n");
    Secrets secrets = Secrets.at(file, "admin", "viewer");
    assertThat(secrets.password("admin")).isEqualTo("with:colon");
    assertThat(Secrets.read(file).password("viewer")).isEqualTo(secrets.password("viewer"));
  }

  @Test
  void a_home_that_nobody_started_in_has_none() {
    assertThatThrownBy(() -> Secrets.read(directory.resolve("credentials")))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("LONGSHORE_HOME");
  }

  @Test
  void passwords_that_cannot_be_kept_are_not_made_up() {
    Path nowhere = directory.resolve("none/credentials");
    assertThatThrownBy(() -> Secrets.at(nowhere, "admin"))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("The passwords in " + nowhere + " cannot be kept");
  }
}
