package dev.longshore.engine.batch;

import jakarta.batch.runtime.JobExecution;
import jakarta.batch.runtime.StepExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jberet.runtime.JobExecutionImpl;
import org.jberet.runtime.StepExecutionImpl;

/** The executions that run in this JVM. */
@ApplicationScoped
class LiveJobs {

  private static final Logger LOG = Logger.getLogger(LiveJobs.class.getName());

  private final Map<Long, LiveJob> byExecution = new ConcurrentHashMap<>();
  private final Map<Long, LiveJob> byStep = new ConcurrentHashMap<>();

  LiveJob add(JobExecutionImpl execution, Long claim, boolean endsLater) {
    LiveJob job = new LiveJob(execution, claim, endsLater);
    byExecution.put(job.id(), job);
    return job;
  }

  void addStep(LiveJob job, StepExecutionImpl step) {
    job.execution.addStepExecution(step);
    byStep.put(step.getStepExecutionId(), job);
  }

  LiveJob get(long execution) {
    return byExecution.get(execution);
  }

  /**
   * The live job of an execution, which may be a flow's or a partition's copy of it.
   *
   * @throws ClaimLost when it has ended: a partition of it runs on by itself
   */
  LiveJob of(JobExecution execution) {
    LiveJob job = get(execution.getExecutionId());
    if (job == null) {
      throw new ClaimLost(execution.getExecutionId(), execution.getBatchStatus().name());
    }
    return job;
  }

  /** Null when the step belongs to no live job. */
  LiveJob ofStep(long step) {
    return byStep.get(step);
  }

  Optional<LiveJob> ofClaim(long claim) {
    return byExecution.values().stream()
        .filter(j -> j.claim != null && j.claim == claim)
        .findFirst();
  }

  Collection<LiveJob> all() {
    return byExecution.values();
  }

  /** Forgets a job that has ended, {@code null} when it was forgotten before. */
  LiveJob remove(long execution) {
    LiveJob job = byExecution.remove(execution);
    if (job != null) {
      for (StepExecution step : job.execution.getStepExecutions()) {
        byStep.remove(step.getStepExecutionId());
      }
    }
    return job;
  }

  void reportLost(LiveJob job, ClaimLost why) {
    LOG.log(
        Level.WARNING,
        "{0}. The claim that carried it was {1}; whoever holds the task now goes on from the last"
            + " checkpoint.",
        new Object[] {why.getMessage(), job.claim});
  }
}
