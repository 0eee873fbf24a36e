package dev.longshore.workload.diagnostic;

import dev.longshore.log.worker.EventWorker;
import dev.longshore.log.worker.OnMessage;
import jakarta.enterprise.inject.Vetoed;

/**
 * Ten handlers that do nothing, or take {@code millis}, for as many workers as are asked for;
 * {@code load} is renamed.
 */
@Vetoed
@EventWorker(name = "load", description = "Does nothing, for benchmarks.", start = "now")
class LogLoad {

  /** What a trivial handler is given. */
  public record Load(long n, long millis) {}

  private long last;

  @OnMessage("load/0")
  void zero(Load load) throws InterruptedException {
    last = load.n();
    if (load.millis() > 0) {
      Thread.sleep(load.millis());
    }
  }

  @OnMessage({
    "load/1", "load/2", "load/3", "load/4", "load/5", "load/6", "load/7", "load/8", "load/9"
  })
  void other(Load load) {
    last = load.n();
  }

  long last() {
    return last;
  }
}
