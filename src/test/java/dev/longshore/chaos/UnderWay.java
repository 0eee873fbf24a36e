package dev.longshore.chaos;

import dev.longshore.chaos.History.Attempt;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/** Which attempts were under way together, or started together, by the database. */
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

  /** The largest set of attempts that started within so long; empty when there are none. */
  static Optional<List<Attempt>> mostStarts(List<Attempt> attempts, Duration within) {
    List<Attempt> byStart = new ArrayList<>(attempts);
    byStart.sort(Comparator.comparing(Attempt::started));
    List<Attempt> most = List.of();
    int first = 0;
    for (int last = 0; last < byStart.size(); last++) {
      // One that starts when the time is just over counts no more.
      while (!byStart.get(last).started().isBefore(byStart.get(first).started().plus(within))) {
        first++;
      }
      if (last - first >= most.size()) {
        most = List.copyOf(byStart.subList(first, last + 1));
      }
    }
    return most.isEmpty() ? Optional.empty() : Optional.of(most);
  }

  private static Instant end(Attempt attempt) {
    return attempt.ended() == null ? Instant.MAX : attempt.ended();
  }
}
