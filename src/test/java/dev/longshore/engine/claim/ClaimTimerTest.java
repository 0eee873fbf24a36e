package dev.longshore.engine.claim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.engine.limit.Strays;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClaimTimerTest {

  private final List<String> events = new ArrayList<>();

  /** The server would call a timer that failed only minutes later. */
  @Test
  void aTickThatFailsIsFollowedByAnother() {
    ClaimTimer timer = new ClaimTimer();
    timer.claimer =
        new Claimer() {
          @Override
          public void wake() {
            events.add("wake");
          }
        };
    timer.strays =
        new Strays() {
          @Override
          public void tend() {
            events.add("failed");
            throw new IllegalStateException("PostgreSQL is away");
          }
        };

    timer.tick();
    timer.tick();

    assertThat(events).containsExactly("wake", "failed", "wake", "failed");
  }
}
