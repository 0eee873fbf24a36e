package dev.longshore.chaos;

import dev.longshore.chaos.History.Attempt;
import dev.longshore.chaos.History.Submission;
import dev.longshore.chaos.History.Task;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether the tasks of one key began in the order in which the client submitted them. */
final class KeyOrder {

  private KeyOrder() {}

  /**
   * Compares what can be told apart: a task whose submission was acknowledged before another's was
   * sent began before it; unless its type was paused, which lets those of other types go first.
   */
  static void check(
      List<Submission> ofKey,
      Map<String, Task> tasks,
      Map<Long, List<Attempt>> attempts,
      Set<String> paused,
      List<String> found) {
    List<Submission> bySending =
        ofKey.stream().sorted(Comparator.comparingLong(Submission::sent)).toList();
    for (int i = 0; i < bySending.size(); i++) {
      Submission earlier = bySending.get(i);
      Instant began = began(tasks.get(earlier.label()), attempts);
      for (Submission later : bySending.subList(i + 1, bySending.size())) {
        Instant next = began(tasks.get(later.label()), attempts);
        boolean told = earlier.isAcknowledged() && earlier.acknowledged() < later.sent();
        boolean passedBy = paused.contains(earlier.type()) && !earlier.type().equals(later.type());
        // One that was cancelled before it began holds up nobody.
        if (told && !passedBy && began != null && next != null && next.isBefore(began)) {
          found.add(
              "key %s: %s was submitted before %s and began after it (%s, %s)"
                  .formatted(earlier.key(), earlier.label(), later.label(), began, next));
        }
      }
    }
  }

  private static Instant began(Task task, Map<Long, List<Attempt>> attempts) {
    return attempts.getOrDefault(task.id(), List.of()).stream()
        .map(Attempt::started)
        .min(Comparator.naturalOrder())
        .orElse(null);
  }
}
