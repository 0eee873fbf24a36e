package dev.longshore.test;

import java.util.ArrayDeque;
import java.util.Deque;

/** What is to happen to the next calls, one to each. */
final class Faults {

  /** Happens in front of a call, or to it. */
  @FunctionalInterface
  interface Fault {
    void strike(RunningCall call);
  }

  static final Fault NONE = call -> {};
  static final Fault TIME_OUT = RunningCall::runOutOfTime;
  static final Fault CANCELLATION = RunningCall::stop;

  private final Deque<Fault> waiting = new ArrayDeque<>();

  void failure(RuntimeException failure) {
    waiting.add(
        call -> {
          throw failure;
        });
  }

  void timeOut() {
    waiting.add(TIME_OUT);
  }

  void cancellation() {
    waiting.add(CANCELLATION);
  }

  Fault next() {
    return waiting.isEmpty() ? NONE : waiting.remove();
  }
}
