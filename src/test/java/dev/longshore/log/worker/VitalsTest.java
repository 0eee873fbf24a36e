package dev.longshore.log.worker;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.enterprise.inject.Vetoed;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From where on a worker is degraded, and from where on unhealthy. */
class VitalsTest {

  @Vetoed
  @EventWorker(name = "vitals", description = "Has a health.", maxLag = "PT1M")
  static class Worker {
    @Periodically(every = "PT1H")
    void tick() {}
  }

  private final Vitals vitals = new Vitals(WorkerDeclaration.of(Worker.class, null));

  @ParameterizedTest
  @CsvSource({
    "0, 0, HEALTHY",
    "2, 0, HEALTHY", // too few
    "3, 57, DEGRADED", // 5 %
    "3, 58, HEALTHY",
    "4, 0, DEGRADED", // too few for more
    "5, 5, UNHEALTHY", // 50 %
    "5, 6, DEGRADED",
  })
  void aShareOfFailuresCountsFromANumberOn(int failed, int done, Health.Status status) {
    for (int n = 0; n < failed; n++) {
      Item item = item();
      item.failed(Item.Outcome.FAILED, "why", 1);
      vitals.came(item);
    }
    for (int n = 0; n < done; n++) {
      Item item = item();
      item.done(1);
      vitals.came(item);
    }
    assertThat(vitals.health().status()).isEqualTo(status);
  }

  @Test
  void aLagAboveWhatIsDeclaredDegrades() {
    vitals.lag(Map.of("a", new Vitals.Lag(4, 60), "b", new Vitals.Lag(3, 2)));
    assertThat(vitals.health().status()).isEqualTo(Health.Status.HEALTHY);
    vitals.lag(Map.of("a", new Vitals.Lag(4, 61), "b", new Vitals.Lag(3, 2)));
    assertThat(vitals.health().status()).isEqualTo(Health.Status.DEGRADED);
    assertThat(vitals.health().reasons())
        .containsExactly("It is 7 messages and 61 seconds behind; more than PT1M is too much.");
  }

  /** One that is no message: nothing waits behind it. */
  private static Item item() {
    return new Item(Item.Kind.PERIODIC, null, 0, 1);
  }
}
