package dev.longshore.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateTest {

  @Test
  void aRateIsReadAsItIsWritten() {
    assertThat(Rate.of("10/PT1M")).isEqualTo(new Rate(10, Duration.ofMinutes(1)));
    assertThat(Rate.of("10/PT1M")).hasToString("10/PT1M");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "10",
        "PT1M",
        "10/",
        "/PT1M",
        "x/PT1M",
        "0/PT1M",
        "-1/PT1M",
        "1/PT0S",
        "1/PT0.0001S",
        "1/P367D",
        "99999999999/PT1S",
        "1/PT99999999999999999999S",
        "1/1m"
      })
  void whatIsNoRateIsRefusedWithWhatItMustBe(String text) {
    assertThatThrownBy(() -> Rate.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("10/PT1M");
  }

  @Test
  void limitsSayWhatTheyAllow() {
    assertThat(Limits.NONE).hasToString("none");
    assertThat(new Limits(5, 1, Rate.of("10/PT1M"), null))
        .hasToString("5 at once and 1 of a key at once and 10/PT1M");
    assertThatThrownBy(() -> new Limits(0, null, null, null)).hasMessage("limit 0 is below 1");
  }
}
