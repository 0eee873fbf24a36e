package dev.longshore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PercentilesTest {

  @Test
  void they_are_values_by_nearest_rank() {
    Percentiles hundred =
        new Percentiles(IntStream.rangeClosed(1, 100).mapToObj(Double::valueOf).toList());
    assertThat(hundred.at(50)).isEqualTo(50);
    assertThat(hundred.at(99)).isEqualTo(99);
    assertThat(hundred.at(100)).isEqualTo(100);
    assertThat(new Percentiles(List.of(3.0, 1.0, 2.0)).at(50)).isEqualTo(2);
    assertThat(new Percentiles(List.of(7.0)).at(99)).isEqualTo(7);
  }

  @Test
  void of_nothing_there_are_none() {
    assertThat(new Percentiles(List.of()).toJson().build()).hasToString("{\"n\":0}");
  }

  @Test
  void json_has_two_decimals() {
    assertThat(new Percentiles(List.of(1.23456)).toJson().build().getJsonNumber("p99"))
        .hasToString("1.23");
  }
}
