package dev.longshore.engine.run;

import dev.longshore.engine.batch.JobEnd;
import dev.longshore.engine.batch.TaskJob;
import dev.longshore.engine.batch.TaskJobs;
import dev.longshore.engine.settle.Attempted;
import dev.longshore.engine.settle.Settled;
import dev.longshore.engine.worker.Worker;
import dev.longshore.task.CurrentTask;
import dev.longshore.task.TaskType;
import jakarta.batch.runtime.BatchStatus;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;

/** One attempt of the long lane: its batch job on the calling thread, and its settlement. */
@ApplicationScoped
class RunTask {

  private static final Logger LOG = Logger.getLogger(RunTask.class.getName());

  private static final String HANDLER_JOB = "longshore-long";

  @Inject private Worker worker;
  @Inject private TaskJobs jobs;
  @Inject private Running running;
  @Inject private Progress progress;
  @Inject private Finish finish;
  @Inject private Outage outage;

  void run(Taken taken, TaskType type, long claim) {
    RunningTask task = new RunningTask(taken, type, claim, worker.id(), progress);
    running.add(task);
    CurrentTask.Binding binding = CurrentTask.bind(task);
    long began = System.nanoTime();
    try {
      JobEnd end = job(task);
      boolean away = isUnexplained(task, end) && outage.explains(end.failure(), began);
      if (end.lost()
          || !finish.finish(
              new Settled(attempted(task), Outcomes.of(task, end, away), end.execution()),
              end.unrecorded())) {
        LOG.log(
            Level.WARNING,
            "Claim {0} of task {1} is no longer this node''s: what its attempt did not commit is"
                + " dropped.",
            new Object[] {claim + "", task.id() + ""});
      }
    } finally {
      binding.close();
      running.remove(task);
    }
  }

  /** Its failure has not been asked for, by the handler or by who stopped it. */
  private static boolean isUnexplained(RunningTask task, JobEnd end) {
    return !end.lost()
        && end.status() == BatchStatus.FAILED
        && task.stopReason() == null
        && task.outcome() == null
        && (end.failure() != null || end.error() == null);
  }

  private JobEnd job(RunningTask task) {
    task.begin();
    try {
      return jobs.run(jobOf(task));
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "The job of task " + task.id() + " could not run", e);
      return JobEnd.failed(e);
    } finally {
      task.end();
    }
  }

  private static TaskJob jobOf(RunningTask task) {
    return new TaskJob(
        jobXmlName(task.type()),
        task.id(),
        task.claim(),
        task.attempt() > 1,
        new Properties(),
        task.taken().job());
  }

  /** A pipeline's job has the name of its type. */
  static String jobXmlName(TaskType type) {
    return type.pipeline() ? type.name() : HANDLER_JOB;
  }

  Attempted attempted(RunningTask task) {
    Taken taken = task.taken();
    return new Attempted(
        taken.task(),
        taken.type(),
        task.claim(),
        taken.number(),
        taken.attempts(),
        taken.maxAttempts(),
        taken.losses(),
        task.type().backoff(),
        worker.id());
  }
}
