package dev.longshore.engine.batch;

import dev.longshore.db.DatabaseException;
import jakarta.batch.operations.JobStartException;
import jakarta.batch.runtime.BatchStatus;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Properties;
import org.jberet.creation.ArtifactFactoryWrapper;
import org.jberet.job.model.Job;
import org.jberet.runtime.JobExecutionImpl;
import org.jberet.runtime.JobInstanceImpl;
import org.jberet.runtime.context.JobContextImpl;
import org.jberet.runtime.runner.JobExecutionRunner;

/** Puts an execution on record and makes it ready to run, here or on a thread of the server's. */
@ApplicationScoped
class Launch {

  @Inject LibertyEnvironment environment;
  @Inject Repository repository;
  @Inject Transactions transactions;

  JobInstanceImpl newInstance(Job job) {
    return new JobInstanceImpl(job, LibertyEnvironment.APPLICATION, job.getId());
  }

  /**
   * Records an execution of the instance.
   *
   * @param task the task whose job it is, or {@code null}
   * @throws JobStartException when another execution of the instance is live
   */
  LiveJob record(JobInstanceImpl instance, Properties parameters, TaskJob task, String user) {
    JobXml.refuseLocalTransactions(instance.getJobName(), parameters);
    try {
      LiveJob job = repository.begin(instance, parameters, task);
      job.execution.setUser(user);
      return job;
    } catch (DatabaseException e) {
      throw e.isUniqueViolation()
          ? new JobStartException(
              "An execution of job instance "
                  + instance.getInstanceId()
                  + " is running already: a second one was not started",
              e)
          : e;
    }
  }

  /**
   * Makes the job ready to run on the thread that calls {@code run}.
   *
   * @param earlier the execution that this one restarts, or {@code null}
   */
  JobExecutionRunner prepare(LiveJob job, JobExecutionImpl earlier) {
    try {
      return new JobExecutionRunner(
          new JobContextImpl(
              job.execution,
              earlier,
              new ArtifactFactoryWrapper(environment.getArtifactFactory()),
              repository,
              environment));
    } catch (RuntimeException e) {
      fail(job, e);
      throw e;
    }
  }

  /** Records an execution outside of the caller's transaction, and runs it on another thread. */
  long submit(
      JobInstanceImpl instance, Properties parameters, JobExecutionImpl earlier, String user) {
    long[] id = new long[1];
    transactions.outside(
        () -> {
          LiveJob job = record(instance, parameters, null, user);
          JobExecutionRunner runner = prepare(job, earlier);
          try {
            environment.submitTask(runner);
          } catch (RuntimeException e) {
            fail(job, e);
            throw e;
          }
          id[0] = job.id();
        });
    return id[0];
  }

  /** Ends an execution that never began to run. */
  private void fail(LiveJob job, RuntimeException why) {
    job.execution.setBatchStatus(BatchStatus.FAILED);
    job.execution.setExitStatus(why.toString());
    repository.updateJobExecution(job.execution, true, false);
  }
}
