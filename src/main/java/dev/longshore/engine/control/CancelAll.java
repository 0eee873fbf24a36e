package dev.longshore.engine.control;

import static dev.longshore.task.TaskState.ONGOING;
import static dev.longshore.task.TaskState.PENDING;
import static dev.longshore.task.TaskState.QUEUED;

import dev.longshore.db.Sql;
import dev.longshore.problem.InvalidInput;
import dev.longshore.problem.NotFound;
import dev.longshore.task.IllegalMove;
import dev.longshore.task.TaskFilter;
import dev.longshore.task.TaskState;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Cancels every unfinished task that matches, in slices that commit one by one. */
@ApplicationScoped
public class CancelAll {

  /** The way of a task, and its way back: a retry meanwhile makes a task pending once more. */
  private static final List<TaskState> WAY = List.of(PENDING, QUEUED, ONGOING, PENDING, QUEUED);

  @Inject private Sql sql;
  @Inject private CancelSlice slice;
  @Inject private Cancel cancel;

  /**
   * What became of the tasks that matched and were unfinished.
   *
   * @param cancelled how many are cancelled
   * @param stopping how many runs were asked to stop, and will end cancelled
   * @param unchanged how many ended by themselves meanwhile
   */
  public record Counts(long cancelled, long stopping, long unchanged) {}

  /**
   * Cancels what is there at the call. What slices before a failure have done stays done.
   *
   * @param actor the user who asks
   * @throws InvalidInput when the filter's state is one of a task that has ended
   */
  @Transactional(Transactional.TxType.NOT_SUPPORTED)
  public Counts cancel(TaskFilter filter, String actor) {
    if (filter.state() != null && filter.state().isFinal()) {
      throw InvalidInput.unfit(
          "state",
          "must be pending, queued or ongoing: a task that is "
              + filter.state().label()
              + " has ended, and there is nothing to cancel.");
    }
    long[] counts = new long[3];
    Set<Long> stopping = new HashSet<>(); // met again where they run
    Walk.through(WAY, filter, sql, ids -> cancel(ids, actor, counts, stopping));
    counts[1] = stopping.size();
    return new Counts(counts[0], counts[1], counts[2]);
  }

  private void cancel(Long[] ids, String actor, long[] counts, Set<Long> stopping) {
    Map<Long, Standing> done =
        slice.cancel(ids, actor).stream()
            .collect(Collectors.toMap(Standing::id, Function.identity()));
    for (Long id : Arrays.asList(ids)) {
      Standing was = done.get(id);
      TaskState now = was == null ? cancelAlone(id, actor) : was.state();
      if (now == ONGOING) {
        stopping.add(id);
      } else if (now == null || was != null && was.state().isFinal()) {
        counts[2]++;
      } else {
        counts[0]++;
      }
    }
  }

  /** One that somebody else was just moving: alone it can be waited for. */
  private TaskState cancelAlone(long id, String actor) {
    try {
      return cancel.cancel(id, actor);
    } catch (IllegalMove | NotFound e) {
      return null;
    }
  }
}
