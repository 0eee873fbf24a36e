package dev.longshore.engine.claim;

import dev.longshore.engine.after.Follow;
import dev.longshore.engine.claim.Cursor.Place;
import dev.longshore.engine.claim.Cursor.Route;
import dev.longshore.engine.dispatch.Dispatched;
import dev.longshore.engine.worker.Worker;
import dev.longshore.task.Lane;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Claims what is due: the highest priority first, then the longest due. */
@ApplicationScoped
class Claim {

  private static final Logger LOG = Logger.getLogger(Claim.class.getName());

  /** Another node works through the news, or somebody has a lock on the tasks they are of. */
  private static final long NEWS_AGAIN_MILLIS = 20;

  @Inject private ClaimFreely freely;
  @Inject private ClaimWithLimits withLimits;
  @Inject private Follow follow;
  @Inject private Worker worker;

  private final Map<Lane, Cursor> cursors =
      Map.of(Lane.QUICK, new Cursor(), Lane.LONG, new Cursor());

  private final Map<Lane, Long> again = new ConcurrentHashMap<>();

  /**
   * Claims as much as the lane has room for, in a transaction of its own.
   *
   * @param sizeOf how many tasks of a type may share a claim
   * @return the new claims, which are to be sent
   */
  List<Dispatched> claim(Lane lane, ToIntFunction<String> sizeOf) {
    Cursor cursor = cursors.get(lane);
    again.remove(lane);
    boolean sweep = cursor.isSweepDue(System.nanoTime());
    List<Claimed> tasks = claim(lane, sizeOf, cursor, sweep);
    if (tasks.isEmpty() && !sweep && cursor.isSweepCheap()) {
      tasks = claim(lane, sizeOf, cursor, true);
    }
    return claims(lane, tasks);
  }

  /**
   * What it lets go is for the next claim, which is to come at once. Throws nothing: what this
   * claim has taken must be sent.
   */
  private long follow(long otherwise) {
    boolean some = false;
    try {
      while (follow.follow(worker.id())) {
        some = true;
      }
    } catch (RuntimeException e) {
      LOG.log(
          Level.WARNING, "Tasks that come after others wait for the next round: {0}", e.toString());
    }
    return some ? 0 : sooner(otherwise, NEWS_AGAIN_MILLIS);
  }

  private static long sooner(long millis, long others) {
    return millis < 0 ? others : others < 0 ? millis : Math.min(millis, others);
  }

  /** Where each route's next claim begins, as {@link Cursor#starts} has it, of both lanes. */
  Object[] starts(boolean sweep) {
    Object[] one = cursors.get(Lane.QUICK).starts(sweep);
    Object[] other = cursors.get(Lane.LONG).starts(sweep);
    Object[] both = new Object[one.length];
    for (int i = 0; i < both.length; i++) {
      both[i] =
          Stream.concat(Arrays.stream((Object[]) one[i]), Arrays.stream((Object[]) other[i]))
              .toArray();
    }
    return both;
  }

  /** Has the next claims begin at the start of everything. */
  void forget() {
    cursors.values().forEach(Cursor::forget);
  }

  private List<Claimed> claim(
      Lane lane, ToIntFunction<String> sizeOf, Cursor cursor, boolean sweep) {
    long began = System.nanoTime();
    Object[] starts = cursor.starts(sweep);
    Round round =
        freely.claim(lane, sizeOf, starts).orElseGet(() -> withLimits.claim(lane, sizeOf, starts));
    again.merge(lane, round.news ? follow(round.again) : round.again, Claim::sooner);
    List<Claimed> tasks = round.tasks;
    if (sweep) {
      long now = System.nanoTime();
      cursor.swept(now, now - began);
    }
    tasks.stream()
        .collect(
            Collectors.groupingBy(
                Claimed::route, Collectors.mapping(Claimed::place, Collectors.toList())))
        .forEach(cursor::advance);
    return tasks;
  }

  /**
   * After how many milliseconds the lane is to be claimed in again, whatever else happens: a rate
   * lets more tasks in then, or another node held the limits. Negative: not for that.
   */
  long againMillis(Lane lane) {
    return again.getOrDefault(lane, Round.NEVER);
  }

  /**
   * What a claim came to.
   *
   * @param again after how many milliseconds there may be more, or {@link #NEVER}
   * @param news whether tasks that others come after have ended
   */
  record Round(List<Claimed> tasks, long again, boolean news) {
    static final long NEVER = -1;
  }

  /** A task under its new claim. */
  record Claimed(long claim, Route route, Place place, int runs) {}

  private static List<Dispatched> claims(Lane lane, List<Claimed> tasks) {
    Map<Long, Dispatched> claims = new LinkedHashMap<>();
    for (Claimed task : tasks) {
      claims.merge(
          task.claim,
          new Dispatched(task.claim, lane, task.route.priority()),
          (a, b) -> a.priority() >= b.priority() ? a : b);
    }
    return new ArrayList<>(claims.values());
  }
}
