package dev.longshore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class DrainTest {

  private static Drain taking(double seconds, long failed) {
    return new Drain(
        100, 0.5, seconds, 2 * seconds, Map.of("liberty", OptionalDouble.empty()), failed);
  }

  @Test
  void each_rate_is_over_its_own_time() {
    JsonObject json = taking(4, 0).toJson().build();
    assertThat(json.getInt("enqueuePerSecond")).isEqualTo(200);
    assertThat(json.getInt("drainPerSecond")).isEqualTo(25);
    assertThat(json.getInt("tasksPerSecond")).isEqualTo(13);
    assertThat(json.getJsonObject("cpuSeconds").isNull("liberty")).isTrue();
  }

  @Test
  void of_several_the_median_rate_speaks_and_every_failure_counts() {
    List<Drain> drains = List.of(taking(9, 1), taking(2, 0), taking(3, 2));
    assertThat(Drain.median(drains).drainSeconds()).isEqualTo(3);
    assertThat(Drain.failed(drains)).isEqualTo(3);
  }
}
