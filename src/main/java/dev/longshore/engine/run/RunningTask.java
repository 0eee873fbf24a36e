package dev.longshore.engine.run;

import dev.longshore.task.Outcome;
import dev.longshore.task.TaskContext;
import dev.longshore.task.TaskType;
import jakarta.json.JsonObject;
import java.util.concurrent.TimeUnit;

/** An attempt under way on this node: what its handler sees, and what stops it. */
final class RunningTask implements TaskContext {

  private final Taken taken;
  private final TaskType type;
  private final long claim;
  private final String worker;
  private final Progress progress;
  private volatile long startedNanos;

  /** The thread to interrupt; {@code null} before and after the job. */
  private Thread thread;

  private StopReason stopReason;
  private long stopNanos;
  private volatile Outcome outcome;
  private volatile boolean settledInChunk;
  private boolean failedAlone;
  private volatile boolean abandoned;
  private long progressNanos = System.nanoTime() - TimeUnit.MINUTES.toNanos(1);

  RunningTask(Taken taken, TaskType type, long claim, String worker, Progress progress) {
    this.taken = taken;
    this.type = type;
    this.claim = claim;
    this.worker = worker;
    this.progress = progress;
  }

  @Override
  public long id() {
    return taken.task();
  }

  @Override
  public TaskType type() {
    return type;
  }

  @Override
  public JsonObject payload() {
    return taken.payload();
  }

  @Override
  public int attempt() {
    return taken.number();
  }

  @Override
  public long claim() {
    return claim;
  }

  @Override
  public String worker() {
    return worker;
  }

  @Override
  public synchronized boolean stopRequested() {
    return stopReason != null;
  }

  @Override
  public void progress(String step, long done, long total) {
    synchronized (this) {
      long now = System.nanoTime();
      if (now - progressNanos < TimeUnit.SECONDS.toNanos(1) && done < total) {
        return;
      }
      progressNanos = now;
    }
    progress.write(this, step, done, total);
  }

  Taken taken() {
    return taken;
  }

  /**
   * How long its handler has been running; 0 while it waits for its turn, and when it has had it.
   */
  long millis() {
    long started = startedNanos;
    return started == 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
  }

  /** What the handler answered; {@code null} when it has not, or threw. */
  Outcome outcome() {
    return outcome;
  }

  void outcome(Outcome newOutcome) {
    outcome = newOutcome;
  }

  /**
   * Its handler failed in a chunk.
   *
   * @param alone whether nothing else can have been the cause: then this is what it came to
   * @param outage what becomes of it where PostgreSQL's absence was, else {@code null}
   */
  void failed(Throwable failure, boolean alone, Outcome outage) {
    if (!alone) {
      outcome = null;
      return;
    }
    if (stopReason() != null) {
      outcome = Outcomes.stopped(this);
    } else if (outage != null) {
      outcome = outage;
    } else if (!(failure instanceof NotDone)) {
      outcome = Outcome.retry(failure.toString());
    }
    failedAlone = true;
  }

  /**
   * What it, or another in its chunk, answered cannot be stored.
   *
   * @param failure what it came to if it was
   * @param alone whether it was
   */
  void unstorable(Outcome failure, boolean alone) {
    outcome = alone ? failure : null;
    failedAlone = alone;
  }

  /** Whether its outcome stands without another run of its handler. */
  boolean failedAlone() {
    return failedAlone;
  }

  /** Whether its chunk has settled it, and ended its claim with that, if it commits. */
  boolean settledInChunk() {
    return settledInChunk;
  }

  void settledInChunk(boolean newSettled) {
    settledInChunk = newSettled;
  }

  /** From here on a stop may interrupt the calling thread. */
  synchronized void begin() {
    thread = Thread.currentThread();
    startedNanos = System.nanoTime();
  }

  /** From here on nothing interrupts the calling thread any more; what came before is cleared. */
  synchronized void end() {
    thread = null;
    startedNanos = 0;
    Thread.interrupted();
  }

  /** True for the first reason given, which stays. */
  synchronized boolean stop(StopReason reason) {
    if (stopReason != null) {
      return false;
    }
    stopReason = reason;
    stopNanos = System.nanoTime();
    return true;
  }

  synchronized StopReason stopReason() {
    return stopReason;
  }

  /** How long ago the stop was asked for; 0 when it was not. */
  synchronized long stoppingMillis() {
    return stopReason == null ? 0 : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - stopNanos);
  }

  synchronized void interrupt() {
    if (thread != null) {
      thread.interrupt();
    }
  }

  /** Whether it was settled without waiting for its thread. */
  boolean isAbandoned() {
    return abandoned;
  }

  void abandoned() {
    abandoned = true;
  }
}
