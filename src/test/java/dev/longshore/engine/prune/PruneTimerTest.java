package dev.longshore.engine.prune;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PruneTimerTest {

  /** The server would call a timer that failed only minutes later. */
  @Test
  void aTickThatFailsIsFollowedByAnother() {
    AtomicInteger ticks = new AtomicInteger();
    PruneTimer timer = new PruneTimer();
    timer.prune =
        new Prune() {
          @Override
          boolean start(Duration interval) {
            ticks.incrementAndGet();
            throw new IllegalStateException("PostgreSQL is away");
          }
        };

    timer.tick();
    timer.tick();

    assertThat(ticks).hasValue(2);
  }
}
