package dev.longshore.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class SettingsTest {

  @Test
  void aHostThatHasNoNameSaysWhichSettingGivesItAnId() {
    assertThatThrownBy(
            () ->
                Settings.nameOf(
                    () -> {
                      throw new UnknownHostException("nameless");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("This host has no name, so this worker has no id: set LONGSHORE_WORKER_ID");
    assertThat(Settings.nameOf(() -> InetAddress.getByAddress("named", new byte[] {127, 0, 0, 1})))
        .isEqualTo("named");
  }
}
