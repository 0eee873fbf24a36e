package dev.longshore.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

  private static Settings settings(Map<String, String> environment) {
    return new Settings(environment, new Installation(Path.of("/checkout/target")));
  }

  @Test
  void nothing_set_means_the_checkout_s_own_home_and_port_9080() {
    Settings settings = settings(Map.of());
    assertThat(settings.home().path()).isEqualTo(Path.of("/checkout/.longshore"));
    assertThat(settings.httpPort()).isEqualTo(9080);
    assertThat(settings.httpsPort()).isEmpty();
    assertThat(settings.servers().dbUrl()).isNull();
  }

  @Test
  void an_empty_variable_counts_as_not_set() {
    assertThat(settings(Map.of("LONGSHORE_HTTP_PORT", "")).httpPort()).isEqualTo(9080);
  }

  @Test
  void some_may_be_others_and_empty_ones_are_taken_away() {
    Settings settings =
        settings(Map.of("LONGSHORE_HTTP_PORT", "9180", "LONGSHORE_DB_URL", "jdbc:postgresql://x"))
            .with(Map.of("LONGSHORE_HTTP_PORT", "9280", "LONGSHORE_DB_URL", ""));
    assertThat(settings.httpPort()).isEqualTo(9280);
    assertThat(settings.servers().dbUrl()).isNull();
    assertThat(settings.checkout()).isEqualTo(Path.of("/checkout"));
  }

  @Test
  void servers_of_ones_own_have_the_users_that_the_server_configuration_takes() {
    Servers servers =
        settings(Map.of("LONGSHORE_DB_URL", "jdbc:postgresql://db/x", "LONGSHORE_DB_USER", "me"))
            .servers();
    assertThat(servers.dbUser()).isEqualTo("me");
    assertThat(servers.dbPassword()).isEqualTo("postgres");
    assertThat(servers.brokerUrl()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "65536", "-2", "http", "80 80"})
  void a_port_that_is_none_is_refused_by_name(String port) {
    assertThatThrownBy(() -> settings(Map.of("LONGSHORE_HTTP_PORT", port)).httpPort())
        .isInstanceOf(StartException.class)
        .hasMessageContaining("LONGSHORE_HTTP_PORT is \"" + port + "\"");
  }
}
