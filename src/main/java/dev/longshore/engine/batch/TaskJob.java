package dev.longshore.engine.batch;

import java.util.Properties;

/**
 * The batch job of one attempt at a task, or of a claim of many.
 *
 * @param jobXmlName the file under {@code META-INF/batch-jobs}, without its ending
 * @param task the task's id, which is the id of the job instance as well; 0 for a claim of many,
 *     whose job has an instance of its own
 * @param claim the claim that the attempt is under, the fence of every write
 * @param mayRestart whether an earlier attempt may have left an execution to restart; {@code false}
 *     on a first attempt saves looking for it
 * @param parameters job parameters besides {@code task} and {@code claim}, which are always given
 * @param begun what {@link FirstJobs} has put on record for it, or {@code null}
 */
public record TaskJob(
    String jobXmlName,
    long task,
    long claim,
    boolean mayRestart,
    Properties parameters,
    JobIds begun) {

  /** The job of a claim of many tasks: started, never restarted. */
  public static TaskJob ofClaim(String jobXmlName, long claim, JobIds begun) {
    return new TaskJob(jobXmlName, 0, claim, false, new Properties(), begun);
  }
}
