package dev.longshore.engine.control;

import static dev.longshore.task.TaskState.CANCELLED;
import static dev.longshore.task.TaskState.FAILED;
import static dev.longshore.task.TaskState.PENDING;

import dev.longshore.db.Sql;
import dev.longshore.problem.InvalidInput;
import dev.longshore.problem.NotFound;
import dev.longshore.task.IllegalMove;
import dev.longshore.task.TaskFilter;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Tries every failed or cancelled task that matches again, in slices that commit one by one. */
@ApplicationScoped
public class RetryAll {

  @Inject private Sql sql;
  @Inject private RetrySlice slice;
  @Inject private Retry retry;

  /**
   * What became of the tasks that matched and had failed or were cancelled.
   *
   * @param retried how many are pending again
   * @param unchanged how many are not: an unfinished task has their unique key, or somebody else
   *     was faster
   */
  public record Counts(long retried, long unchanged) {}

  /**
   * Tries again what is there at the call, the newest first: of several with one unique key that
   * one runs. What slices before a failure have done stays done.
   *
   * @param actor the user who asks
   * @throws InvalidInput when the filter's state is one from which there is no retry
   */
  @Transactional(Transactional.TxType.NOT_SUPPORTED)
  public Counts retry(TaskFilter filter, String actor) {
    if (filter.state() != null
        && !(filter.state().isFinal() && filter.state().mayBecome(PENDING))) {
      throw InvalidInput.unfit(
          "state",
          "must be failed or cancelled: a task that is "
              + filter.state().label()
              + " cannot be tried again.");
    }
    long[] counts = new long[2];
    Walk.through(List.of(FAILED, CANCELLED), filter, sql, ids -> retry(ids, actor, counts));
    return new Counts(counts[0], counts[1]);
  }

  private void retry(Long[] ids, String actor, long[] counts) {
    Set<Long> done = new HashSet<>(slice.retry(ids, actor));
    for (Long id : Arrays.asList(ids)) {
      counts[done.contains(id) || retryAlone(id, actor) ? 0 : 1]++;
    }
  }

  private boolean retryAlone(long id, String actor) {
    try {
      retry.retry(id, actor);
      return true;
    } catch (IllegalMove | NotFound e) {
      return false;
    }
  }
}
