package dev.longshore.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.local.Installation;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Two minutes of harm to two nodes and their servers; {@code ./longshore chaos} is the same for
 * longer. {@code -Dlongshore.chaos.seed=S} chooses other faults.
 */
class ChaosIT {

  @Test
  void nothingIsLostAndNothingIsDoneTwiceWhateverIsKilled() throws Exception {
    long seed = Long.getLong("longshore.chaos.seed", 4);
    Path directory = Installation.current().target().resolve("it/chaos");
    Chaos.Plan plan = new Chaos.Plan(seed, Duration.ofMinutes(2), 2, directory);

    Chaos.Result result = new Chaos(plan, System.out).run();
    System.out.println(result.toJson());

    assertThat(result.violations()).as("seed " + seed + ", history in " + directory).isEmpty();
    // A run that did nothing would prove nothing.
    assertThat(result.faults().values().stream().mapToInt(n -> n).sum()).isGreaterThan(5);
    assertThat(result.history().tasks().size()).isGreaterThan(500);
    assertThat(result.history().items()).isNotEmpty();
  }
}
