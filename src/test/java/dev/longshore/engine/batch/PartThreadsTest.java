package dev.longshore.engine.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class PartThreadsTest {

  private final PartThreads parts = new PartThreads();

  @Test
  void an_interrupt_does_not_cut_the_wait_for_parts_short_and_is_kept() throws Exception {
    parts.submitted(7);
    AtomicBoolean kept = new AtomicBoolean();
    Thread waits =
        new Thread(
            () -> {
              parts.awaitNone(7);
              kept.set(Thread.currentThread().isInterrupted());
            });
    waits.start();
    await().until(() -> waits.getState() == Thread.State.WAITING);

    waits.interrupt();
    await().until(() -> !waits.isInterrupted() && waits.getState() == Thread.State.WAITING);
    parts.ended(7);
    waits.join();

    assertThat(kept).isTrue();
  }
}
