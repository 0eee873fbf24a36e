package dev.longshore.engine.batch;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jberet.runtime.JobExecutionImpl;
import org.jberet.runtime.StepExecutionImpl;

/** An execution that runs in this JVM. Its flows and partitions share it between threads. */
final class LiveJob {

  final JobExecutionImpl execution;

  /** Null for a job that was started without a task. */
  final Long claim;

  /** Steps that have ended and are not on record yet: the next write takes them along. */
  final Queue<StepExecutionImpl> ended = new ConcurrentLinkedQueue<>();

  /** Whether the end is put on record by {@link TaskJobs#ends}, with the settlement. */
  final boolean endsLater;

  private volatile boolean lost;

  LiveJob(JobExecutionImpl execution, Long claim, boolean endsLater) {
    this.execution = execution;
    this.claim = claim;
    this.endsLater = endsLater;
  }

  long id() {
    return execution.getExecutionId();
  }

  boolean isLost() {
    return lost;
  }

  /**
   * Remembers that the execution was taken away, so that no later step begins.
   *
   * @param status what its row says now, {@code null} when there is none
   */
  ClaimLost lost(String status) {
    lost = true;
    return new ClaimLost(id(), status);
  }
}
