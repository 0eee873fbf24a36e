package dev.longshore.engine.batch;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Properties;
import org.jberet.runtime.JobExecutionImpl;
import org.jberet.runtime.JobInstanceImpl;
import org.jberet.runtime.runner.JobExecutionRunner;

/** Runs jobs that belong to no task: one instance for ever, an execution whenever there is work. */
@ApplicationScoped
public class StandingJobs {

  @Inject LibertyEnvironment environment;
  @Inject Executions executions;
  @Inject LiveJobs live;
  @Inject JobXml jobXml;
  @Inject Launch launch;
  @Inject Transactions transactions;

  /**
   * Runs a new execution of the instance on the calling thread, which is in no transaction; returns
   * when it has ended.
   *
   * @param jobXmlName the file under {@code META-INF/batch-jobs}, without its ending
   * @throws jakarta.batch.operations.JobStartException when another execution of it is live
   */
  public JobEnd run(String jobXmlName, long instance, Properties parameters) {
    JobEnd[] end = new JobEnd[1];
    transactions.outside(() -> end[0] = runOutside(jobXmlName, instance, parameters));
    return end[0];
  }

  /**
   * Ends the live executions of instances, on whichever node: from here on they can commit nothing.
   * In the caller's transaction.
   *
   * @return the instances whose last execution was lost, whether now or when its node was recovered
   */
  public List<Long> fail(Long[] instances) {
    executions.failLive(instances, "lost");
    return executions.lostLast(instances);
  }

  /** The same for one whose node lives and goes on without it. */
  public void abandon(long instance) {
    executions.failLive(new Long[] {instance}, "abandoned");
  }

  /**
   * Ends live executions of an instance that run nowhere, since the caller is who may run it: the
   * end of each could not be written. Nobody died of them. In the caller's transaction.
   *
   * @return how many there were; those that a thread of this JVM runs are left to it
   */
  public int endLeftBehind(long instance) {
    Long[] here = live.all().stream().map(LiveJob::id).toArray(Long[]::new);
    return executions.endLeftBehind(instance, here);
  }

  private JobEnd runOutside(String jobXmlName, long id, Properties parameters) {
    JobInstanceImpl instance =
        launch.newInstance(jobXml.load(jobXmlName, environment.getClassLoader()));
    instance.setId(id);
    LiveJob job = launch.record(instance, parameters, null, null);
    try {
      JobExecutionRunner runner = launch.prepare(job, null);
      runner.run();
    } finally {
      live.remove(job.id());
      environment.leaveThread();
    }
    JobExecutionImpl execution = job.execution;
    String error = TaskJobs.error(execution);
    return job.isLost()
        ? JobEnd.lost(job.id(), error)
        : new JobEnd(
            job.id(),
            execution.getBatchStatus(),
            execution.getExitStatus(),
            error,
            null,
            false,
            false,
            null);
  }
}
