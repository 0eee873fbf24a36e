package dev.longshore.engine.batch;

import dev.longshore.db.DatabaseException;
import dev.longshore.engine.worker.Worker;
import jakarta.batch.runtime.BatchStatus;
import jakarta.batch.runtime.JobExecution;
import jakarta.batch.runtime.JobInstance;
import jakarta.batch.runtime.StepExecution;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.jberet.job.model.Job;
import org.jberet.repository.ApplicationAndJobName;
import org.jberet.repository.JobExecutionSelector;
import org.jberet.repository.JobRepository;
import org.jberet.runtime.AbstractStepExecution;
import org.jberet.runtime.JobExecutionImpl;
import org.jberet.runtime.JobInstanceImpl;
import org.jberet.runtime.PartitionExecutionImpl;
import org.jberet.runtime.StepExecutionImpl;

/**
 * What JBeret asks of a job repository, on our tables: one insert when a job starts, one statement
 * when it ends with its last step in it, one upsert per chunk inside the chunk's transaction.
 */
@ApplicationScoped
class Repository implements JobRepository {

  @Inject Executions executions;
  @Inject Steps steps;
  @Inject Partitions partitions;
  @Inject LiveJobs live;
  @Inject Transactions transactions;
  @Inject PartThreads parts;
  @Inject JobXml jobXml;

  @Inject Worker worker;

  // ---- Job definitions

  @Override
  public void addJob(ApplicationAndJobName name, Job job) {
    jobXml.remember(job);
  }

  @Override
  public void removeJob(String jobId) {
    jobXml.forget(jobId);
  }

  @Override
  public Job getJob(ApplicationAndJobName name) {
    return jobXml.remembered(name.jobName);
  }

  @Override
  public Set<String> getJobNames() {
    return jobXml.names();
  }

  @Override
  public boolean jobExists(String jobName) {
    return jobXml.remembered(jobName) != null;
  }

  // ---- Instances

  @Override
  public JobInstanceImpl createJobInstance(Job job, String application, ClassLoader loader) {
    return new JobInstanceImpl(job, application, job.getId());
  }

  @Override
  public void removeJobInstance(long instance) {
    executions.remove(instance);
  }

  @Override
  public JobInstance getJobInstance(long instance) {
    return executions.instance(instance).orElse(null);
  }

  @Override
  public List<JobInstance> getJobInstances(String jobName) {
    return new ArrayList<>(executions.instances(jobName));
  }

  @Override
  public int getJobInstanceCount(String jobName) {
    return executions.countInstances(jobName);
  }

  // ---- Executions

  @Override
  public JobExecutionImpl createJobExecution(JobInstanceImpl instance, Properties parameters) {
    return begin(instance, parameters, null).execution;
  }

  /**
   * Records the start of an execution.
   *
   * @param task the task whose job it is, or {@code null}
   */
  LiveJob begin(JobInstanceImpl instance, Properties parameters, TaskJob task) {
    JobExecutionImpl execution = new JobExecutionImpl(instance, parameters);
    Job job = instance.getUnsubstitutedJob();
    JobIds ids =
        task != null && task.begun() != null
            ? task.begun()
            : executions.begin(
                instance.getInstanceId() == 0 ? null : instance.getInstanceId(),
                task == null || task.task() == 0 ? null : task.task(),
                task == null ? null : task.claim(),
                runner(task),
                job.getId(),
                fileOf(job),
                parameters);
    execution.setId(ids.execution());
    instance.setId(ids.instance());
    return live.add(
        execution, task == null ? null : task.claim(), task != null && task.task() != 0);
  }

  static String fileOf(Job job) {
    return job.getJobXmlName() == null ? job.getId() : job.getJobXmlName();
  }

  @Override
  public JobExecution getJobExecution(long id) {
    LiveJob job = live.get(id);
    return job != null ? job.execution : executions.find(id).orElse(null);
  }

  @Override
  public List<JobExecution> getJobExecutions(JobInstance instance) {
    List<JobExecution> found = new ArrayList<>();
    for (JobExecutionImpl recorded : executions.ofInstance(instance.getInstanceId())) {
      LiveJob job = live.get(recorded.getExecutionId());
      found.add(job != null ? job.execution : recorded);
    }
    return found;
  }

  @Override
  public List<Long> getJobExecutionsByJob(String jobName) {
    return getJobExecutionsByJob(jobName, null);
  }

  @Override
  public List<Long> getJobExecutionsByJob(String jobName, Integer limit) {
    return executions.idsByName(jobName, false, limit == null ? Integer.MAX_VALUE : limit);
  }

  @Override
  public List<Long> getRunningExecutions(String jobName) {
    return executions.idsByName(jobName, true, Integer.MAX_VALUE);
  }

  @Override
  public void removeJobExecutions(JobExecutionSelector selector) {
    throw new UnsupportedOperationException(
        "Executions are not removed by selector: those of a task go with its row, those of a job"
            + " without a task with JobRepository.removeJobInstance");
  }

  @Override
  public void stopJobExecution(JobExecutionImpl execution) {
    executions.stop(execution.getExecutionId());
  }

  @Override
  public void updateJobExecution(JobExecutionImpl execution, boolean full, boolean parameters) {
    if (full) {
      LiveJob job = live.remove(execution.getExecutionId());
      if (job != null) {
        // An Error in an artifact can leave its transaction behind; the end is not to go with it.
        transactions.outside(() -> end(job, execution));
      }
    } else if (execution.getBatchStatus() == BatchStatus.ABANDONED) {
      executions.abandon(execution.getExecutionId());
    } // else STARTED: inserted as such
  }

  private void end(LiveJob job, JobExecutionImpl execution) {
    if (job.isLost()) {
      return;
    }
    try {
      StepExecutionImpl last = job.ended.poll();
      while (!job.ended.isEmpty()) {
        save(job, last);
        last = job.ended.poll();
      }
      if (job.endsLater && last != null) {
        job.ended.add(last);
        return;
      }
      boolean ours =
          last == null ? executions.end(job, execution) : steps.writeLast(job, execution, last);
      if (!ours) {
        throw job.lost(executions.status(job));
      }
    } catch (ClaimLost e) {
      live.reportLost(job, e);
    }
  }

  // ---- Steps

  @Override
  public StepExecutionImpl createStepExecution(String stepName) {
    return new StepExecutionImpl(stepName);
  }

  @Override
  public void addStepExecution(JobExecutionImpl execution, StepExecutionImpl step) {
    LiveJob job = live.of(execution);
    step.setId(steps.newId());
    // What has ended is on record before anything new begins.
    boolean stopping = false;
    for (StepExecutionImpl e = job.ended.peek(); e != null; e = job.ended.peek()) {
      stopping |= save(job, e);
      job.ended.remove(e); // only now: what cannot be written stays to be written
    }
    // A checkpoint that a restart has brought along is put on record at once, too.
    if (step.getReaderCheckpointInfo() != null
        || step.getWriterCheckpointInfo() != null
        || StepModel.isRecordedAtStart(execution.getSubstitutedJob(), step.getStepName())) {
      stopping |= save(job, step);
    }
    live.addStep(job, step);
    if (stopping) {
      execution.stop();
    }
  }

  @Override
  public void updateStepExecution(StepExecution step) {
    LiveJob job = live.ofStep(step.getStepExecutionId());
    if (job != null && !savedInAFlow(job, (StepExecutionImpl) step)) {
      job.ended.add((StepExecutionImpl) step);
    } // else a completed step of an earlier execution, skipped by a restart
  }

  /**
   * A step that ends in a flow is put on record at once: the next write of the job may come much
   * later, when the flows beside it have ended, and a crash until then would have it run again.
   */
  private boolean savedInAFlow(LiveJob job, StepExecutionImpl step) {
    if (!parts.isPart()) {
      return false;
    }
    try {
      transactions.outside(
          () -> {
            if (save(job, step)) {
              job.execution.stop();
            }
          });
      return true;
    } catch (ClaimLost | DatabaseException e) {
      return false; // the next write says the same, or takes it along
    }
  }

  @Override
  public List<StepExecution> getStepExecutions(long execution, ClassLoader loader) {
    LiveJob job = live.get(execution);
    return job != null
        ? job.execution.getStepExecutions()
        : new ArrayList<>(steps.ofJob(execution));
  }

  @Override
  public StepExecutionImpl findOriginalStepExecutionForRestart(
      String stepName, JobExecutionImpl restarted, ClassLoader loader) {
    return steps.lastOf(stepName, restarted.getJobInstance().getInstanceId()).orElse(null);
  }

  @Override
  public int countStepStartTimes(String stepName, long instance) {
    return steps.countStarts(stepName, instance);
  }

  // ---- Partitions

  @Override
  public void addPartitionExecution(StepExecutionImpl step, PartitionExecutionImpl partition) {
    step.getPartitionExecutions().add(partition);
    partition.setId(step.getStepExecutionId());
    save(live.ofStep(step.getStepExecutionId()), partition);
  }

  void recordPartitions(long step, int count) {
    LiveJob job = live.ofStep(step);
    if (!steps.recordPartitions(job, step, count)) {
      throw job.lost(executions.status(job));
    }
  }

  @Override
  public List<PartitionExecutionImpl> getPartitionExecutions(
      long stepId, StepExecutionImpl step, boolean notCompletedOnly, ClassLoader loader) {
    return partitions.latest(stepId, step == null ? null : step.getStepName(), notCompletedOnly);
  }

  // ---- Checkpoints

  @Override
  public void savePersistentData(JobExecution execution, AbstractStepExecution step) {
    LiveJob job = live.of(execution);
    if (step instanceof PartitionExecutionImpl && Executions.isEnded(step.getBatchStatus())) {
      // The caller's transaction is the analyzer's, and may be rolled back.
      transactions.outside(() -> save(job, step));
    } else if (transactions.isActive()) {
      save(job, step);
    } // else the end of a step, which updateStepExecution takes care of
  }

  @Override
  public int savePersistentDataIfNotStopping(JobExecution execution, AbstractStepExecution step) {
    if (!transactions.isActive()) {
      return 1; // not a chunk but the end of a batchlet
    }
    LiveJob job = live.of(execution);
    if (write(job, step, Fence.RUNNING)) {
      return 1;
    }
    requireStopping(job);
    return 0; // then JBeret saves without asking, and stops
  }

  /**
   * Writes what is known of the step.
   *
   * @return whether somebody asked the job to stop
   * @throws ClaimLost when the execution is not ours any more
   */
  private boolean save(LiveJob job, AbstractStepExecution step) {
    if (write(job, step, Fence.RUNNING)) {
      return false;
    }
    if (!write(job, step, Fence.LIVE)) {
      throw job.lost(executions.status(job));
    }
    return true; // STOPPING is all that is live and not running
  }

  private boolean write(LiveJob job, AbstractStepExecution step, Fence fence) {
    return step instanceof PartitionExecutionImpl partition
        ? partitions.write(job, partition, fence)
        : steps.write(job, (StepExecutionImpl) step, fence);
  }

  /** A write that wanted a running job failed: asked to stop is the only harmless reason. */
  private void requireStopping(LiveJob job) {
    String status = executions.status(job);
    if (!BatchStatus.STOPPING.name().equals(status)) {
      throw job.lost(status);
    }
  }

  private Executions.Runner runner(TaskJob task) {
    Long run = task == null && worker.isAlive() ? worker.run() : null;
    return new Executions.Runner(worker.id(), run);
  }
}
