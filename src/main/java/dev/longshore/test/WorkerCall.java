package dev.longshore.test;

import dev.longshore.log.worker.WorkerContext;
import dev.longshore.log.worker.WorkerPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** A call of a worker's method, as the method sees it. */
final class WorkerCall extends RunningCall implements WorkerContext {

  private final String worker;
  private final TestClock clock;
  private final Duration limit;
  private final boolean replay;
  private final int attempt;
  private final Map<String, String> degraded;

  private WorkerCall(
      String worker,
      TestClock clock,
      Duration limit,
      boolean replay,
      int attempt,
      Map<String, String> degraded) {
    this.worker = worker;
    this.clock = clock;
    this.limit = limit;
    this.replay = replay;
    this.attempt = attempt;
    this.degraded = degraded;
  }

  static WorkerCall handler(
      String worker,
      TestClock clock,
      WorkerPolicy policy,
      boolean replay,
      int attempt,
      Map<String, String> degraded) {
    return new WorkerCall(worker, clock, policy.timeLimit(), replay, attempt, degraded);
  }

  static WorkerCall periodic(
      String worker, TestClock clock, WorkerPolicy policy, Map<String, String> degraded) {
    return new WorkerCall(worker, clock, policy.periodicTimeLimit(), false, 1, degraded);
  }

  @Override
  public String worker() {
    return worker;
  }

  @Override
  public Instant now() {
    return clock.instant();
  }

  @Override
  public boolean isReplay() {
    return replay;
  }

  @Override
  public int attempt() {
    return attempt;
  }

  @Override
  public boolean stopRequested() {
    return isStopRequested();
  }

  @Override
  public void degraded(String what, String why) {
    degraded.put(what, why);
  }

  @Override
  public void recovered(String what) {
    degraded.remove(what);
  }

  /** In the words of the platform. */
  String outOfTime() {
    return "It took longer than its time limit of " + limit + " and was interrupted.";
  }

  @Override
  Duration limit() {
    return limit;
  }

  @Override
  void timePasses(Duration by) {
    clock.advance(by);
  }
}
