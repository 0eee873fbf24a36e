package dev.longshore.log.worker;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** A call under way: what the method sees of it, and what interrupts it. */
final class Call implements WorkerContext {

  private final Burst burst;
  private final Item item;
  private final Duration limit;
  private final long began = System.nanoTime();

  /** The thread to interrupt; {@code null} when the call is over. */
  private Thread thread = Thread.currentThread();

  private boolean interrupted;
  private boolean outOfTime;

  Call(Burst burst, Item item) {
    this.burst = burst;
    this.item = item;
    WorkerPolicy policy = burst.declaration().policy();
    this.limit = item.kind == Item.Kind.PERIODIC ? policy.periodicTimeLimit() : policy.timeLimit();
  }

  @Override
  public String worker() {
    return burst.worker();
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public boolean isReplay() {
    return burst.isReplay(item);
  }

  @Override
  public int attempt() {
    return item.attempt;
  }

  @Override
  public synchronized boolean stopRequested() {
    return interrupted || burst.isStopped();
  }

  @Override
  public void degraded(String what, String why) {
    burst.consumer().vitals().degraded(what, why);
  }

  @Override
  public void recovered(String what) {
    burst.consumer().vitals().recovered(what);
  }

  Burst burst() {
    return burst;
  }

  Item item() {
    return item;
  }

  long millis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
  }

  /** How far it is beyond its limit; negative before. */
  long overdueMillis() {
    return millis() - limit.toMillis();
  }

  synchronized boolean isInterrupted() {
    return interrupted;
  }

  synchronized boolean isOutOfTime() {
    return outOfTime;
  }

  String outOfTime() {
    return "It took longer than its time limit of " + limit + " and was interrupted.";
  }

  /** Interrupts it, again and again while it goes on. */
  synchronized void interrupt(boolean becauseOfTime) {
    if (thread != null) {
      interrupted = true;
      outOfTime |= becauseOfTime;
      thread.interrupt();
    }
  }

  /** From here on nothing interrupts the thread any more; what came before is cleared. */
  synchronized void end() {
    thread = null;
    Thread.interrupted();
  }
}
