package dev.longshore.engine.batch;

import dev.longshore.db.Sql;
import jakarta.batch.runtime.BatchStatus;
import jakarta.batch.runtime.Metric;
import jakarta.batch.runtime.StepExecution;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.logging.Logger;
import org.jberet.job.model.Job;
import org.jberet.runtime.AbstractStepExecution;
import org.jberet.runtime.JobExecutionImpl;
import org.jberet.runtime.JobInstanceImpl;
import org.jberet.runtime.runner.JobExecutionRunner;

/** Runs the batch jobs of tasks: one job instance per task, one execution of it per attempt. */
@ApplicationScoped
public class TaskJobs {

  private static final Logger LOG = Logger.getLogger(TaskJobs.class.getName());

  @Inject LibertyEnvironment environment;
  @Inject Executions executions;
  @Inject LiveJobs live;
  @Inject JobXml jobXml;
  @Inject Launch launch;
  @Inject Transactions transactions;
  @Inject PartThreads parts;

  /**
   * Writes the ends of jobs, in front of the statement that settles their tasks and in its
   * transaction. Each has a fence of its own, the claim: an end that was taken over is not written,
   * and whoever takes a job over has its task's claim, so that it is not settled either. An end of
   * which nobody hears, because the node is lost, has the attempt's last step run again.
   */
  public static Sql.Before ends(List<JobEnd.Unrecorded> unrecorded) {
    return unrecorded.isEmpty()
        ? Sql.Before.NOTHING
        : Ends.of(unrecorded.stream().map(e -> e.job).toList());
  }

  /**
   * Runs the job of a task on the calling thread, started or, when an earlier execution of it
   * failed or stopped, restarted; returns when it has ended. A job that has completed before is not
   * run again: the answer is its end. A claim that is lost during the run is told by {@link
   * JobEnd#lost}.
   *
   * <p>What ends the job is not written yet where {@link JobEnd#unrecorded} says so: the caller has
   * it recorded with the task's settlement.
   *
   * <p>The caller has the task under the claim, binds {@link dev.longshore.task.CurrentTask} and is
   * in no transaction. An interrupt of the thread reaches the artifacts as usual; threads of flows
   * and partitions that it leaves behind are waited for.
   *
   * @throws jakarta.batch.operations.JobStartException when there is no such job XML, or the job
   *     runs already under this claim
   * @throws dev.longshore.db.DatabaseException when the end of the job could not be recorded: it
   *     stays live until another claim of the task takes it over
   */
  public JobEnd run(TaskJob task) {
    JobEnd[] end = new JobEnd[1];
    transactions.outside(() -> end[0] = runOutside(task));
    return end[0];
  }

  /** Asks the job that runs here under that claim to stop; no effect when none does. */
  public void stop(long claim) {
    live.ofClaim(claim).ifPresent(job -> job.execution.stop());
  }

  /** Interrupts the flows and partitions of the job that runs here under that claim. */
  public void interruptParts(long claim) {
    parts.interrupt(claim);
  }

  private JobEnd runOutside(TaskJob task) {
    Job job = jobXml.load(task.jobXmlName(), environment.getClassLoader());
    Optional<JobExecutionImpl> earlier = task.mayRestart() ? earlier(task) : Optional.empty();
    if (earlier.isPresent() && !isRestartable(earlier.get())) {
      return recorded(earlier.get());
    }
    JobInstanceImpl instance = launch.newInstance(job);
    instance.setId(task.task());
    LiveJob running;
    try {
      running = launch.record(instance, parameters(task), task, null);
    } catch (ClaimLost gone) {
      return JobEnd.lost(0, gone.getMessage()); // no execution was made
    }
    try {
      JobExecutionRunner runner = launch.prepare(running, earlier.orElse(null));
      runner.run();
    } finally {
      live.remove(running.id());
      parts.awaitNone(task.claim());
      environment.leaveThread();
    }
    return end(job, running);
  }

  private Optional<JobExecutionImpl> earlier(TaskJob task) {
    executions.takeOver(task.task(), task.claim());
    return executions.lastOf(task.task());
  }

  /** A live one is, too: then recording a second one says what is wrong. */
  private static boolean isRestartable(JobExecutionImpl earlier) {
    BatchStatus status = earlier.getBatchStatus();
    return status != BatchStatus.COMPLETED
        && status != BatchStatus.ABANDONED
        && !Job.UNRESTARTABLE.equals(earlier.getRestartPosition());
  }

  private static JobEnd recorded(JobExecutionImpl earlier) {
    boolean completed = earlier.getBatchStatus() == BatchStatus.COMPLETED;
    return new JobEnd(
        earlier.getExecutionId(),
        completed ? BatchStatus.COMPLETED : BatchStatus.FAILED,
        earlier.getExitStatus(),
        completed
            ? null
            : "Job "
                + earlier.getJobName()
                + " was not restarted: its execution "
                + earlier.getExecutionId()
                + " is "
                + earlier.getBatchStatus()
                + " and the job is abandoned or not restartable",
        null,
        false,
        false,
        null);
  }

  private static JobEnd end(Job model, LiveJob job) {
    JobExecutionImpl execution = job.execution;
    String error = error(execution);
    return job.isLost()
        ? JobEnd.lost(job.id(), error)
        : new JobEnd(
            job.id(),
            execution.getBatchStatus(),
            execution.getExitStatus(),
            error,
            failure(execution),
            execution.getBatchStatus() == BatchStatus.FAILED && hasAdvanced(model, execution),
            false,
            job.ended.isEmpty() ? null : new JobEnd.Unrecorded(job));
  }

  /**
   * Whether it came further than the execution before it, as far as that is easily told: a step has
   * completed that does so once, or a chunk was committed with where its reader was.
   */
  static boolean hasAdvanced(Job job, JobExecutionImpl execution) {
    Set<String> again = StepModel.thatRunAgain(job);
    return execution.getStepExecutions().stream()
        .map(AbstractStepExecution.class::cast)
        .anyMatch(
            step ->
                step.getBatchStatus() == BatchStatus.COMPLETED
                    ? !again.contains(step.getStepName())
                    : step.getReaderCheckpointInfo() != null
                        && step.getStepMetrics().get(Metric.MetricType.COMMIT_COUNT) > 0);
  }

  private static Throwable failure(JobExecutionImpl execution) {
    Throwable failure = null;
    for (StepExecution step : execution.getStepExecutions()) {
      if (step.getBatchStatus() == BatchStatus.FAILED) {
        failure = ErrorText.thrown((AbstractStepExecution) step);
      }
    }
    return failure;
  }

  static String error(JobExecutionImpl execution) {
    String error = null;
    for (StepExecution step : execution.getStepExecutions()) {
      if (step.getBatchStatus() == BatchStatus.FAILED) {
        error = ErrorText.of((AbstractStepExecution) step);
      }
    }
    // A job that fails by itself says why, if at all, in its exit status.
    String exit = execution.getExitStatus();
    boolean says = exit != null && !exit.equals(BatchStatus.FAILED.name());
    return error == null && says && execution.getBatchStatus() == BatchStatus.FAILED
        ? "The job ended as failed with exit status " + exit
        : error;
  }

  private static Properties parameters(TaskJob task) {
    Properties parameters = new Properties();
    if (task.parameters() != null) {
      parameters.putAll(task.parameters());
    }
    if (task.task() != 0) {
      parameters.setProperty("task", Long.toString(task.task()));
    }
    parameters.setProperty("claim", Long.toString(task.claim()));
    return parameters;
  }
}
