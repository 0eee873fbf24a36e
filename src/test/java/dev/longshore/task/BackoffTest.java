package dev.longshore.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackoffTest {

  @Test
  void theDefaultDoublesFromOneSecond() {
    assertThat(IntStream.rangeClosed(1, 5).mapToObj(n -> Backoff.DEFAULT.after(n).toSeconds()))
        .containsExactly(1L, 2L, 4L, 8L, 16L);
  }

  @Test
  void noWaitPassesTheCapHoweverManyAttemptsThereWere() {
    assertThat(Backoff.DEFAULT.after(12)).isEqualTo(Duration.ofMinutes(5));
    assertThat(Backoff.DEFAULT.after(5_000)).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void jitterStaysWithinItsShare() {
    Random random = new Random(7);
    Backoff backoff = new Backoff(Duration.ofSeconds(10), 2, Duration.ofMinutes(1), 0.1);
    List<Long> waits =
        IntStream.range(0, 1000).mapToObj(i -> backoff.after(1, random).toMillis()).toList();
    assertThat(waits).allMatch(w -> w >= 9_000 && w <= 11_000);
    assertThat(waits).anyMatch(w -> w < 9_500).anyMatch(w -> w > 10_500);
  }
}
