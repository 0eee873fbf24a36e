package dev.longshore.test;

import dev.longshore.log.worker.ServiceDown;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * The state of a service that code under test calls: up, down, failing or hanging. The fake that
 * stands for the service passes its calls through {@link #call}.
 */
public final class Outage {

  private final String service;
  private final Deque<RuntimeException> failures = new ArrayDeque<>();
  private Supplier<? extends RuntimeException> down;
  private boolean hangs;
  private int calls;

  /**
   * @param service what exceptions call it
   */
  public Outage(String service) {
    this.service = service;
  }

  /** From now on each call throws {@link ServiceDown}, until {@link #end}. */
  public void begin() {
    begin(() -> new ServiceDown(service + " is down."));
  }

  /**
   * From now on each call throws this, until {@link #end}: such as a circuit breaker's exception.
   */
  public void begin(Supplier<? extends RuntimeException> failure) {
    down = failure;
  }

  /**
   * From now on calls do not come back: the handler's time limit passes, without the test waiting
   * for it, and the call is interrupted; until {@link #end}.
   */
  public void hang() {
    hangs = true;
  }

  /** The next call throws this; called several times, so do those after it. */
  public void failOnce(RuntimeException failure) {
    failures.add(failure);
  }

  /** The service is up. */
  public void end() {
    down = null;
    hangs = false;
    failures.clear();
  }

  /** How many calls there were, failed ones among them. */
  public int calls() {
    return calls;
  }

  /** A call of the service: fails if it is to, otherwise answers. */
  public <T> T call(Supplier<T> answer) {
    calls++;
    if (!failures.isEmpty()) {
      throw failures.remove();
    }
    if (down != null) {
      throw down.get();
    }
    if (hangs) {
      RunningCall call = RunningCall.current();
      if (call == null) {
        throw new IllegalStateException(
            service + " hangs, and nothing that the test kit runs has called it.");
      }
      call.runOutOfTime();
      throw new IllegalStateException(
          "The call of " + service + " was interrupted.", new InterruptedException());
    }
    return answer.get();
  }
}
