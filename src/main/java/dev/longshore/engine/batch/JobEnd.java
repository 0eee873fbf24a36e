package dev.longshore.engine.batch;

import jakarta.batch.runtime.BatchStatus;

/**
 * How the job of a task ended.
 *
 * @param execution the id of its execution, 0 if none was made
 * @param status COMPLETED, FAILED or STOPPED
 * @param exitStatus what the job says of itself; the name of the status when it says nothing
 * @param error class, message and trace of what made a step fail, or why the job itself failed as
 *     far as it says so; {@code null} if nothing did
 * @param failure the same as it was thrown, where that is known; else {@code null}
 * @param advanced of a task's job that failed, whether it came further than its last execution
 * @param lost the claim was taken away during the run: whatever was not committed by then is rolled
 *     back, and another attempt may be under way already, so there is nothing left to settle
 * @param unrecorded what {@link TaskJobs#ends} has still to write; {@code null} for nothing
 */
public record JobEnd(
    long execution,
    BatchStatus status,
    String exitStatus,
    String error,
    Throwable failure,
    boolean advanced,
    boolean lost,
    Unrecorded unrecorded) {

  /** The end of a job of which only its node knows yet. */
  public static final class Unrecorded {
    final LiveJob job;

    Unrecorded(LiveJob job) {
      this.job = job;
    }
  }

  static final String LOST = "lost";

  /** A job that could not run. */
  public static JobEnd failed(Throwable failure) {
    return new JobEnd(0, BatchStatus.FAILED, null, failure.toString(), failure, false, false, null);
  }

  static JobEnd lost(long execution, String error) {
    return new JobEnd(execution, BatchStatus.FAILED, LOST, error, null, false, true, null);
  }
}
