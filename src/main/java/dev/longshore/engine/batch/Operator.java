package dev.longshore.engine.batch;

import jakarta.batch.operations.JobExecutionAlreadyCompleteException;
import jakarta.batch.operations.JobExecutionNotMostRecentException;
import jakarta.batch.operations.JobExecutionNotRunningException;
import jakarta.batch.operations.JobRestartException;
import jakarta.batch.operations.JobStartException;
import jakarta.batch.operations.NoSuchJobExecutionException;
import jakarta.batch.runtime.BatchStatus;
import jakarta.batch.runtime.JobExecution;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Properties;
import org.jberet.job.model.Job;
import org.jberet.operations.AbstractJobOperator;
import org.jberet.runtime.JobExecutionImpl;
import org.jberet.runtime.JobInstanceImpl;
import org.jberet.spi.BatchEnvironment;

/** The specification's job operator, for jobs that no task starts. */
@ApplicationScoped
@Typed(Operator.class)
class Operator extends AbstractJobOperator {

  @Inject LibertyEnvironment environment;
  @Inject Repository repository;
  @Inject Executions executions;
  @Inject LiveJobs live;
  @Inject JobXml jobXml;
  @Inject Launch launch;
  @Inject Transactions transactions;

  @Override
  public BatchEnvironment getBatchEnvironment() {
    return environment;
  }

  @Override
  public long start(String jobXmlName, Properties parameters, String user) {
    return start(jobXml.load(jobXmlName, environment.getClassLoader()), parameters, user);
  }

  @Override
  public long start(Job job, Properties parameters, String user) throws JobStartException {
    jobXml.remember(job);
    return launch.submit(launch.newInstance(job), parameters, null, user);
  }

  /** Restarts what has failed or stopped, and never what may still run, here or elsewhere. */
  @Override
  public long restart(long id, Properties parameters, String user) {
    JobExecutionImpl earlier = getJobExecutionImpl(id);
    BatchStatus status = earlier.getBatchStatus();
    if (status == BatchStatus.COMPLETED) {
      throw new JobExecutionAlreadyCompleteException(
          "Job execution " + id + " has completed: there is nothing to restart");
    }
    if (status != BatchStatus.FAILED && status != BatchStatus.STOPPED) {
      throw new JobRestartException(
          "Job execution " + id + " is " + status + ": only a FAILED or STOPPED one is restarted");
    }
    if (Job.UNRESTARTABLE.equals(earlier.getRestartPosition())) {
      throw new JobRestartException("Job " + earlier.getJobName() + " is not restartable");
    }
    JobInstanceImpl instance = earlier.getJobInstance();
    List<JobExecution> all = repository.getJobExecutions(instance);
    if (all.get(all.size() - 1).getExecutionId() != id) {
      throw new JobExecutionNotMostRecentException(
          "Job execution " + id + " is not the last one of instance " + instance.getInstanceId());
    }
    Job job = jobXml.remembered(instance.getJobName());
    if (job == null) {
      job = jobXml.load(executions.jobXmlOf(id).orElseThrow(), environment.getClassLoader());
    }
    instance.setUnsubstitutedJob(job);
    try {
      return launch.submit(instance, parameters, earlier, user);
    } catch (JobStartException e) {
      throw new JobRestartException(e.getMessage(), e);
    }
  }

  /**
   * Asks for a stop by the table, so that it reaches every node; a job that runs here hears of it
   * at once.
   */
  @Override
  public void stop(long id) {
    boolean[] wasLive = new boolean[1];
    transactions.outside(() -> wasLive[0] = executions.stop(id));
    LiveJob here = live.get(id);
    if (here != null) {
      here.execution.stop();
    } else if (!wasLive[0]) {
      JobExecution found = repository.getJobExecution(id);
      if (found == null) {
        throw new NoSuchJobExecutionException("There is no job execution " + id);
      }
      throw new JobExecutionNotRunningException(
          "Job execution " + id + " is " + found.getBatchStatus() + ": there is nothing to stop");
    }
  }
}
