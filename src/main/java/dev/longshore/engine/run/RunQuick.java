package dev.longshore.engine.run;

import dev.longshore.engine.batch.JobEnd;
import dev.longshore.engine.batch.JobIds;
import dev.longshore.engine.batch.TaskJob;
import dev.longshore.engine.batch.TaskJobs;
import dev.longshore.engine.settle.Settled;
import dev.longshore.engine.worker.Worker;
import dev.longshore.task.Outcome;
import dev.longshore.task.TaskType;
import jakarta.batch.runtime.BatchStatus;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A claim of the quick lane: one batch job on the calling thread, whose items are the tasks. */
@ApplicationScoped
class RunQuick {

  private static final Logger LOG = Logger.getLogger(RunQuick.class.getName());

  static final String JOB = "longshore-quick";

  @Inject private Worker worker;
  @Inject private TaskJobs jobs;
  @Inject private Running running;
  @Inject private Progress progress;
  @Inject private RunTask runTask;
  @Inject private Finish finish;
  @Inject private Outage outage;

  void run(List<Taken> taken, TaskType type, long id) {
    List<RunningTask> tasks =
        taken.stream().map(t -> new RunningTask(t, type, id, worker.id(), progress)).toList();
    QuickClaim claim = new QuickClaim(id, type, tasks);
    long began = System.nanoTime();
    tasks.forEach(running::add);
    QuickClaim.bind(claim);
    try {
      JobEnd end = job(id, taken.get(0).job());
      if (!end.lost() && !claim.isAllCommitted()) {
        if (outage.explains(end.failure(), began)) {
          claim.struck(end.failure());
        }
        settleWhatIsLeft(claim, end);
      }
      LOG.log(
          end.status() == BatchStatus.COMPLETED ? Level.INFO : Level.WARNING,
          "claim={0} type={1} tasks={2} worker={3} ms={4} job={5}{6}",
          new Object[] {
            id + "",
            type.name(),
            tasks.size(),
            worker.id(),
            TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began) + "",
            end.lost() ? "lost" : end.status().name().toLowerCase(java.util.Locale.ROOT),
            end.error() == null ? "" : " error=" + end.error().lines().findFirst().orElse("")
          });
    } finally {
      QuickClaim.bind(null);
      tasks.forEach(running::remove);
    }
  }

  private JobEnd job(long claim, JobIds begun) {
    try {
      return jobs.run(TaskJob.ofClaim(JOB, claim, begun));
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "The job of claim " + claim + " could not run", e);
      return JobEnd.failed(e);
    }
  }

  /**
   * The job broke down, with the database perhaps. What had committed is found settled already; the
   * rest was rolled back and comes again, uncounted.
   */
  private void settleWhatIsLeft(QuickClaim claim, JobEnd end) {
    finish.finish(
        claim.tasks.stream()
            .map(task -> new Settled(runTask.attempted(task), left(claim, task), end.execution()))
            .toList());
  }

  private static Outcome left(QuickClaim claim, RunningTask task) {
    if (task.stopReason() != null) {
      return Outcomes.stopped(task);
    }
    return task.failedAlone() ? task.outcome() : claim.afterTheOutage(task);
  }
}
