package dev.longshore.log.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** What a worker did in the last minutes on this node, and how it is. */
final class Vitals {

  private static final int BUCKETS = 30;
  private static final long BUCKET_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** The share of calls that fail, and how many, from which a worker is degraded. */
  private static final double SOME = 0.05;

  private static final int SOME_FAILURES = 3;

  /** And from which it is unhealthy. */
  private static final double MANY = 0.5;

  private static final int MANY_FAILURES = 5;

  private final WorkerDeclaration declaration;

  private final long[] number = new long[BUCKETS];
  private final long[] done = new long[BUCKETS];
  private final long[] failed = new long[BUCKETS];
  private final long[] nanos = new long[BUCKETS];
  private final long from = System.nanoTime();

  /** What is down, and why it is believed to be. */
  private final Map<String, String> down = new TreeMap<>();

  private String stuck;
  private String brokenDown;
  private String blockedBy;
  private boolean halted;
  private String lastError;

  /** By message name; a name that is not there is not behind. */
  private Map<String, Lag> lag = Map.of();

  /** How far a worker is behind in one name: messages, and the age of the first of them. */
  record Lag(long messages, double seconds) {
    static final Lag NONE = new Lag(0, 0);
  }

  Vitals(WorkerDeclaration declaration) {
    this.declaration = declaration;
  }

  /** The worker came to this node: what was known of it is of another time. */
  synchronized void owned() {
    down.clear();
    stuck = null;
    brokenDown = null;
    blockedBy = null;
    halted = false;
  }

  synchronized void came(Item item) {
    int at = bucket();
    nanos[at] += item.nanos();
    stuck = null;
    String breaker = "what " + item.label() + " needs";
    if (item.outcome() == Item.Outcome.DONE) {
      done[at]++;
      down.remove(breaker);
    } else {
      lastError = item.error();
    }
    switch (item.outcome()) {
      case DONE -> {}
      case WAITING, SKIPPED -> down.put(breaker, item.error());
      default -> failed[at]++;
    }
    if (item.kind == Item.Kind.MESSAGE) {
      boolean holdsUp =
          item.outcome() == Item.Outcome.FAILED || item.outcome() == Item.Outcome.HALTED;
      blockedBy =
          holdsUp
              ? "Message %d (%s) failed %d times: %s"
                  .formatted(item.messageId(), item.label(), item.attempt, item.error())
              : null;
      halted = item.outcome() == Item.Outcome.HALTED;
    }
  }

  synchronized void halted(boolean isHalted) {
    halted = isHalted;
  }

  synchronized void degraded(String what, String why) {
    down.put(what, why);
  }

  synchronized void recovered(String what) {
    down.remove(what);
  }

  synchronized void stuck(String label, long millis) {
    stuck = "A call for %s has run for %d ms, beyond its limit.".formatted(label, millis);
  }

  synchronized void brokeDown(String why) {
    brokenDown = why;
  }

  synchronized void ran() {
    brokenDown = null;
  }

  synchronized void lag(Map<String, Lag> byName) {
    lag = byName;
  }

  synchronized Lag lag(String message) {
    return lag.getOrDefault(message, Lag.NONE);
  }

  synchronized Health health() {
    List<String> bad = new ArrayList<>();
    List<String> poor = new ArrayList<>();
    if (halted) {
      bad.add("It has halted. " + (blockedBy == null ? "" : blockedBy));
    } else if (blockedBy != null) {
      poor.add(blockedBy);
    }
    if (stuck != null) {
      bad.add(stuck);
    }
    if (brokenDown != null) {
      bad.add("Its job broke down: " + brokenDown);
    }
    long failures = sum(failed, BUCKETS);
    double share = failures == 0 ? 0 : (double) failures / (failures + sum(done, BUCKETS));
    if (failures >= SOME_FAILURES && share >= SOME) {
      (failures >= MANY_FAILURES && share >= MANY ? bad : poor)
          .add(
              "%d of its calls in the last 5 minutes failed, %.0f %%."
                  .formatted(failures, share * 100));
    }
    down.forEach((what, why) -> poor.add("Down: %s (%s).".formatted(what, why)));
    Duration maxLag = declaration.policy().maxLag();
    long lagMessages = lag.values().stream().mapToLong(Lag::messages).sum();
    double lagSeconds = lag.values().stream().mapToDouble(Lag::seconds).max().orElse(0);
    if (lagSeconds > maxLag.toSeconds()) {
      poor.add(
          "It is %d messages and %.0f seconds behind; more than %s is too much."
              .formatted(lagMessages, lagSeconds, maxLag));
    }
    Health.Status status =
        !bad.isEmpty()
            ? Health.Status.UNHEALTHY
            : poor.isEmpty() ? Health.Status.HEALTHY : Health.Status.DEGRADED;
    bad.addAll(poor);
    return new Health(status, List.copyOf(bad));
  }

  /** In the last minute. */
  synchronized double messagesPerSecond() {
    return sum(done, 6) / 60.0;
  }

  synchronized long errorsPerMinute() {
    return sum(failed, 6);
  }

  /** The mean of the last five minutes; 0 when there was no call. */
  synchronized double handlerMillis() {
    long calls = sum(done, BUCKETS) + sum(failed, BUCKETS);
    return calls == 0 ? 0 : sum(nanos, BUCKETS) / 1e6 / calls;
  }

  synchronized String lastError() {
    return lastError;
  }

  private long sum(long[] values, int buckets) {
    bucket(); // clears what is too old
    long now = now();
    long sum = 0;
    for (int i = 0; i < BUCKETS; i++) {
      sum += number[i] > now - buckets ? values[i] : 0;
    }
    return sum;
  }

  private long now() {
    return BUCKETS + (System.nanoTime() - from) / BUCKET_NANOS;
  }

  private int bucket() {
    long now = now();
    int at = (int) (now % BUCKETS);
    if (number[at] != now) {
      number[at] = now;
      done[at] = 0;
      failed[at] = 0;
      nanos[at] = 0;
    }
    return at;
  }
}
