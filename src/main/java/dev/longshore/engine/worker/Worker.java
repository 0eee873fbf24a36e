package dev.longshore.engine.worker;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** This node, as the rest of the engine sees it. */
@ApplicationScoped
public class Worker {

  /**
   * One life of this node: what it may write under, and from when until when it has held its lease
   * without a gap (by this JVM's own clock).
   */
  private record Life(long run, long sinceNanos, long leaseEndNanos) {}

  /** Of two signs of life that PostgreSQL keeps waiting. */
  private static final Duration BEAT_LIMIT = Duration.ofSeconds(10);

  @Inject private Settings settings;

  private volatile Life life;

  /** Since when the session of the lease has stood; {@code null} while there is none. */
  private volatile Long sessionSinceNanos;

  /** When a session of the lease broke last; {@code null} when none has. */
  private Long sessionLostNanos;

  /** How many times it was tried to renew the lease, whatever came of it. */
  private long beats;

  private final Object heart = new Object();

  /** The life for which it was looked once what earlier ones have left. */
  private volatile long recoveredRun;

  private volatile boolean draining;
  private volatile Duration drainTimeout;
  private volatile boolean stopping;
  private volatile String id;

  /** Unique among live nodes. */
  public String id() {
    if (id == null) {
      id = settings.id();
    }
    return id;
  }

  /**
   * Which life of the id this is; with the id it marks what the node has taken.
   *
   * @throws IllegalStateException when the node holds no lease
   */
  public long run() {
    Life now = life;
    if (now == null) {
      throw new IllegalStateException("Worker " + id() + " holds no lease and takes no work");
    }
    return now.run;
  }

  /** Holds its lease. A node that does not may neither claim nor take. */
  public boolean isAlive() {
    Life now = life;
    return now != null && System.nanoTime() - now.leaseEndNanos < 0;
  }

  /** Has held its lease without a gap for as long as a lease is. */
  public boolean hasBeenAliveForALease() {
    Life now = life;
    return isAlive() && System.nanoTime() - now.sinceNanos > settings.lease().toNanos();
  }

  /** Has held its lease on one session for that long: nothing has happened to all connections. */
  public boolean hasHeldItsSessionFor(Duration time) {
    Long since = sessionSinceNanos;
    return isAlive() && since != null && System.nanoTime() - since > time.toNanos();
  }

  /** May claim and take work: alive, not draining, and what earlier lives left is recovered. */
  public boolean isActive() {
    Life now = life;
    return !isLeaving() && isAlive() && now != null && now.run == recoveredRun;
  }

  /** Takes no more work, because it stops or somebody has asked for it. */
  public boolean isLeaving() {
    return stopping || draining;
  }

  /** It takes no more work because its server stops. */
  public boolean isStopping() {
    return stopping;
  }

  /** Somebody has asked the node to take no more work, and may ask it to take work again. */
  public boolean isDraining() {
    return draining;
  }

  /** How long what runs may go on while the node drains; empty: as it is set. */
  public Optional<Duration> drainTimeout() {
    return Optional.ofNullable(drainTimeout);
  }

  /** From now on no work is taken; what runs goes on. */
  public void stopTakingWork() {
    stopping = true;
  }

  /** What earlier lives of this node's id have left was looked for, on behalf of that life. */
  public void recovered(long run) {
    recoveredRun = run;
  }

  void draining(boolean newDraining, Duration timeout) {
    drainTimeout = timeout;
    synchronized (heart) {
      draining = newDraining;
      heart.notifyAll();
    }
  }

  /** Returns when this node may take work again, or after that time. */
  public void awaitStay(Duration limit) {
    synchronized (heart) {
      await(limit, this::isLeaving);
    }
  }

  boolean hasSession() {
    return sessionSinceNanos != null;
  }

  void sessionOpened(long nanos) {
    sessionSinceNanos = nanos;
  }

  void sessionLost() {
    sessionSinceNanos = null;
    synchronized (heart) {
      sessionLostNanos = System.nanoTime();
    }
  }

  /** It was tried to renew the lease. */
  void beaten() {
    synchronized (heart) {
      beats++;
      heart.notifyAll();
    }
  }

  /**
   * Whether the session of the lease broke, or could not be opened, since that {@link
   * System#nanoTime}. Waits for a sign of life that began after the call, since a session that is
   * broken shows that only then; for some seconds at most.
   */
  public boolean hasLostItsSessionSince(long nanos) {
    synchronized (heart) {
      long enough = beats + 2; // the first may have begun before
      await(BEAT_LIMIT, () -> !isLostSince(nanos) && beats < enough);
      return isLostSince(nanos);
    }
  }

  /** The same of what is long past, for which nothing has to be waited for. */
  public boolean hadLostItsSessionSince(long nanos) {
    synchronized (heart) {
      return isLostSince(nanos);
    }
  }

  /** Waits at the heart, while that is so, and not for longer than the limit. */
  private void await(Duration limit, BooleanSupplier waits) {
    long until = System.nanoTime() + limit.toNanos();
    try {
      for (long left = limit.toMillis(); waits.getAsBoolean() && left > 0; ) {
        heart.wait(left);
        left = (until - System.nanoTime()) / 1_000_000;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isLostSince(long nanos) {
    return sessionLostNanos != null && sessionLostNanos - nanos > 0;
  }

  /**
   * The lease was renewed by a statement that began at {@code sinceNanos}: counted from before the
   * statement, this node never believes longer in its lease than the database does.
   */
  void renewed(long run, long sinceNanos, Duration lease) {
    Life before = life;
    boolean withoutAGap = before != null && before.run == run && isAlive();
    life =
        new Life(run, withoutAGap ? before.sinceNanos : sinceNanos, sinceNanos + lease.toNanos());
  }

  void lost() {
    life = null;
  }
}
