package dev.longshore.chaos;

import dev.longshore.chaos.History.Attempt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Which attempts were under way together: from their start to their end, by the database. */
final class UnderWay {

  private UnderWay() {}

  /** The largest set of attempts that were under way at one moment. */
  static List<Attempt> mostAtOnce(List<Attempt> attempts) {
    List<Attempt> byStart = new ArrayList<>(attempts);
    byStart.sort(Comparator.comparing(Attempt::started));
    PriorityQueue<Attempt> open = new PriorityQueue<>(Comparator.comparing(UnderWay::end));
    List<Attempt> most = List.of();
    for (Attempt next : byStart) {
      // One that ends at the very moment when the next begins is over.
      while (!open.isEmpty() && !end(open.peek()).isAfter(next.started())) {
        open.remove();
      }
      open.add(next);
      if (open.size() > most.size()) {
        most = List.copyOf(open);
      }
    }
    return most;
  }

  private static Instant end(Attempt attempt) {
    return attempt.ended() == null ? Instant.MAX : attempt.ended();
  }
}
