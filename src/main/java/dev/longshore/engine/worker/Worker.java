package dev.longshore.engine.worker;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;

/** This node, as the rest of the engine sees it. */
@ApplicationScoped
public class Worker {

  /**
   * One life of this node: what it may write under, and from when until when it has held its lease
   * without a gap (by this JVM's own clock).
   */
  private record Life(long run, long sinceNanos, long leaseEndNanos) {}

  @Inject private Settings settings;

  private volatile Life life;
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

  /** May claim and take work: alive, and not about to stop. */
  public boolean isActive() {
    return !stopping && isAlive();
  }

  /** From now on no work is taken; what runs goes on. */
  public void stopTakingWork() {
    stopping = true;
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
