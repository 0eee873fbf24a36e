package dev.longshore.engine.run;

import dev.longshore.db.PromptSql;
import dev.longshore.engine.dispatch.Begin;
import dev.longshore.engine.worker.Worker;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.DependsOn;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.Timeout;
import jakarta.ejb.TimerConfig;
import jakarta.ejb.TimerService;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Twice a second: stops what PostgreSQL says is cancelled or no longer this node's, and settles
 * what ignores its stop. What is to be known without it is for {@link Deadlines}.
 */
@Singleton
@Startup
@DependsOn("Heartbeat")
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Watch {

  private static final Logger LOG = Logger.getLogger(Watch.class.getName());
  private static final long INTERVAL_MILLIS = 500;

  @Resource private TimerService timers;
  @Inject Running running;
  @Inject Stop stop;
  @Inject private PromptSql sql;
  @Inject private Begin begin;
  @Inject Worker worker;

  private final AtomicBoolean watching = new AtomicBoolean();

  @PostConstruct
  void start() {
    timers.createIntervalTimer(INTERVAL_MILLIS, INTERVAL_MILLIS, new TimerConfig(null, false));
  }

  /** Catches everything: the server would retry a failed timer only minutes later. */
  @Timeout
  void watch() {
    List<RunningTask> tasks = running.all();
    if (tasks.isEmpty() || !watching.compareAndSet(false, true)) {
      return;
    }
    try {
      if (worker.isAlive()) {
        stopWhatTheDatabaseSays(tasks);
        beginWhatLasts();
      }
    } catch (RuntimeException e) {
      LOG.log(
          Level.WARNING,
          "Running tasks could not be watched ({0}); cancellations wait for the next look.",
          e.toString());
    }
    try {
      for (RunningTask task : tasks) {
        if (task.stopRequested()) {
          stop.escalate(task);
        }
      }
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "A stopped task could not be settled yet ({0}).", e.toString());
    } finally {
      watching.set(false);
    }
  }

  /** From now on everybody sees that it runs. */
  private void beginWhatLasts() {
    List<Long> claims =
        sql.list(
            """
            select id from longshore.claim
            where worker = ? and worker_run = ? and lane = 'quick'
              and taken_at < clock_timestamp() - interval '500 milliseconds'
            """,
            row -> row.getLong(1),
            worker.id(),
            worker.run());
    if (!claims.isEmpty()) {
      begin.begin(claims);
    }
  }

  /** A task whose claim is not in the table as ours any more is somebody else's by now. */
  private void stopWhatTheDatabaseSays(List<RunningTask> tasks) {
    sql
        .list(
            """
            select r.nr, t.cancel_requested
            from unnest(?, ?) with ordinality as r (task_id, claim_id, nr)
            -- By their ids alone: by the index of claims a join reads all that has ever been claimed,
            -- and a look at each the other tasks of its claim.
            left join lateral (
                select id, claim_id, cancel_requested from longshore.task
                where id = r.task_id offset 0) t on t.claim_id = r.claim_id
            where t.id is null or t.cancel_requested
            """,
            row -> Map.entry(tasks.get(row.getInt(1) - 1), row.getBoolean(2)),
            tasks.stream().map(RunningTask::id).toArray(Long[]::new),
            tasks.stream().map(RunningTask::claim).toArray(Long[]::new))
        .stream()
        .filter(found -> found.getValue() || !found.getKey().settledInChunk())
        .forEach(
            found ->
                stop.ask(
                    found.getKey(),
                    found.getValue() ? StopReason.CANCELLED : StopReason.CLAIM_LOST));
  }
}
