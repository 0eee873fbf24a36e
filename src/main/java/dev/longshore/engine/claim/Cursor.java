package dev.longshore.engine.claim;

import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the last claim of each route ended. The next one goes on from there: what lies before it in
 * the index are the entries of tasks that were claimed, and while anybody holds an old snapshot
 * open each of them is read again, by every claim, with its row.
 *
 * <p>Tasks behind the cursor are found by a sweep from the start: those whose submission committed
 * late, that another node was just looking at, or that came back from a claim that was lost. A
 * sweep may take a tenth of the time, so that it comes at once when it costs nothing, and seldom
 * when it does.
 */
class Cursor {

  private static final long SHARE = 10;

  /** A sweep that costs no more than this is not worth leaving out when nothing was found. */
  private static final long CHEAP_NANOS = 5_000_000;

  private static final long LONGEST_PAUSE_NANOS = 10_000_000_000L;

  /** Tasks of one type, queue and priority: a range of the index. */
  record Route(String type, String queue, int priority) {}

  /** A place in a route's range, which is in the order of both. */
  record Place(OffsetDateTime runAt, long id) {
    static final Comparator<Place> ORDER =
        Comparator.comparing((Place p) -> p.runAt.toInstant()).thenComparing(Place::id);
  }

  private final Map<Route, Place> ends = new LinkedHashMap<>();
  private long nextSweep = System.nanoTime();
  private long lastSweep;

  /** Whether this claim is to begin at the start of every route. */
  synchronized boolean isSweepDue(long now) {
    return now - nextSweep >= 0;
  }

  synchronized boolean isSweepCheap() {
    return lastSweep <= CHEAP_NANOS;
  }

  /** A sweep has ended that took so long. */
  synchronized void swept(long now, long nanos) {
    lastSweep = nanos;
    nextSweep = now + Math.min(SHARE * nanos, LONGEST_PAUSE_NANOS);
  }

  /** Has every route begin at its start again. */
  synchronized void forget() {
    ends.clear();
    nextSweep = System.nanoTime();
  }

  /** A claim has taken these, in any order. To be called once it has committed. */
  synchronized void advance(Route route, List<Place> claimed) {
    ends.put(route, claimed.stream().max(Place.ORDER).orElseThrow());
  }

  /** What the statement is given: types, queues, priorities, times and ids, one after the other. */
  synchronized Object[] starts(boolean sweep) {
    Map<Route, Place> from = sweep ? Map.of() : ends;
    return new Object[] {
      from.keySet().stream().map(Route::type).toArray(String[]::new),
      from.keySet().stream().map(Route::queue).toArray(String[]::new),
      from.keySet().stream().map(Route::priority).toArray(Integer[]::new),
      from.values().stream().map(p -> p.runAt().toString()).toArray(String[]::new),
      from.values().stream().map(Place::id).toArray(Long[]::new)
    };
  }
}
