package dev.longshore.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RunningTest {

  /** Two messages brought it at once, and the one that came second has taken it. */
  @Test
  void aClaimIsInHandUntilTheLastOfItsMessagesIsDone() {
    Running running = new Running();
    running.begin(7);
    running.begin(7);
    running.end(7);
    assertThat(running.isHandling(7)).isTrue();
    running.end(7);
    assertThat(running.isHandling(7)).isFalse();
  }
}
