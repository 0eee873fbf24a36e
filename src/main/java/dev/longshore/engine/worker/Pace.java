package dev.longshore.engine.worker;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * How long the handlers of quick types take on this node, how long their payloads are, and what
 * follows for the size of claims and chunks: as many tasks as fit into a chunk's time, no more than
 * the limits, few while nothing is known.
 */
@ApplicationScoped
public class Pace {

  /** The share of the newest call in the average. */
  private static final double WEIGHT = 0.1;

  private static final double BRIEF_NANOS = 200e6;

  /** A claim of so many tasks that stays brief saves more than a larger one that does not. */
  private static final int ENOUGH = 300;

  /** How many tasks of a type share its first claims. */
  private static final int UNKNOWN = 20;

  /** Characters of payloads that a claim aims at, at most: a payload may have a mebibyte. */
  private static final long CLAIM_CHARACTERS = 8 << 20;

  /** How many tasks of a type may share a claim of the quick lane. */
  @Inject
  @ConfigProperty(name = "longshore.quick.claim-size", defaultValue = "600")
  int maxClaimSize;

  /** How many of these may share a chunk, and with it a transaction. */
  @Inject
  @ConfigProperty(name = "longshore.quick.chunk-size", defaultValue = "600")
  int maxChunkSize;

  /** What a chunk's transaction is to stay under. */
  @Inject
  @ConfigProperty(name = "longshore.quick.chunk-limit", defaultValue = "PT2S")
  Duration chunkLimit;

  private final Map<String, Double> nanos = new ConcurrentHashMap<>();
  private final Map<String, Double> characters = new ConcurrentHashMap<>();

  /** A call of the type's handler took that long. */
  public void took(String type, long callNanos) {
    nanos.merge(type, (double) callNanos, (old, now) -> old + WEIGHT * (now - old));
  }

  /** The payloads of a claim of the type have so many characters each, on average. */
  public void carried(String type, double each) {
    // A type that has become large is believed at once, one that has become small by and by.
    characters.merge(type, each, (old, now) -> Math.max(now, old + WEIGHT * (now - old)));
  }

  /** How many tasks of the type may share a claim now. */
  public int claimSize(String type) {
    Double each = nanos.get(type);
    if (each == null) {
      return Math.min(UNKNOWN, maxClaimSize);
    }
    double brief = BRIEF_NANOS / Math.max(1, each);
    double fit =
        Math.min(
            brief < ENOUGH ? targetNanos() / Math.max(1, each) : brief,
            CLAIM_CHARACTERS / Math.max(1, characters.getOrDefault(type, 1.0)));
    return (int) Math.max(1, Math.min(maxClaimSize, fit));
  }

  /** Whether so many tasks of the type end before anybody could have seen them run. */
  public boolean isBrief(String type, int tasks) {
    Double each = nanos.get(type);
    return each != null && each * tasks <= BRIEF_NANOS;
  }

  /**
   * Whether a chunk of so many tasks that has run that long is to be committed before the next task
   * of the type.
   */
  public boolean isChunkFull(String type, int tasks, long chunkNanos) {
    return tasks >= maxChunkSize || chunkNanos + 2 * nanos.getOrDefault(type, 0.0) > targetNanos();
  }

  /** A quarter of the limit is aimed at: handlers vary. */
  private double targetNanos() {
    return chunkLimit.toNanos() / 4.0;
  }
}
