package dev.longshore.engine.prune;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PruneBatchletTest {

  private final List<Long> slices = new ArrayList<>();

  /** What is stopped in the second of four slices. */
  private final PruneBatchlet batchlet = new PruneBatchlet();

  PruneBatchletTest() {
    batchlet.after = Duration.ofDays(1);
    batchlet.slices =
        new Slices() {
          @Override
          long tasksBeyond(long keep) {
            return 0;
          }

          @Override
          Slice tasks(long after, long excess, Duration age) {
            return slice(after);
          }

          @Override
          Slice executions(long after, Duration age) {
            return slice(after);
          }

          private Slice slice(long after) {
            slices.add(after);
            if (slices.size() == 2) {
              batchlet.stop();
            }
            return new Slice(after + 500, 10, slices.size() < 4);
          }
        };
  }

  @Test
  void aStopEndsTheWalkThroughTasksBehindItsSlice() {
    batchlet.what = "tasks";

    assertThat(batchlet.process()).isEqualTo("20");

    assertThat(slices).containsExactly(0L, 500L);
  }

  @Test
  void andThatThroughTheRest() {
    batchlet.what = "executions";

    assertThat(batchlet.process()).isEqualTo("20");

    assertThat(slices).containsExactly(0L, 500L);
  }
}
