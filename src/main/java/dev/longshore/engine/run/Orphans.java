package dev.longshore.engine.run;

import dev.longshore.db.Sql;
import dev.longshore.engine.batch.Takeover;
import dev.longshore.engine.dispatch.Begin;
import dev.longshore.engine.settle.Attempted;
import dev.longshore.engine.settle.Settle;
import dev.longshore.engine.worker.Worker;
import dev.longshore.task.Outcome;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
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
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * Recovers attempts that stand as this node's but that none of its threads runs any more: a
 * settlement given up, a thread that ended with an error. A live node's lease would keep them
 * ongoing for ever.
 */
@Singleton
@Startup
@DependsOn("Heartbeat")
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Orphans {

  private static final Logger LOG = Logger.getLogger(Orphans.class.getName());
  private static final long INTERVAL_MILLIS = 10_000;

  @Resource private TimerService timers;
  @Inject Sql sql;
  @Inject Worker worker;
  @Inject Running running;
  @Inject Begin begin;
  @Inject Takeover takeover;
  @Inject Settle settle;

  @PostConstruct
  void start() {
    timers.createIntervalTimer(INTERVAL_MILLIS, INTERVAL_MILLIS, new TimerConfig(null, false));
  }

  /** Catches everything: the server would retry a failed timer only minutes later. */
  @Timeout
  void recover() {
    try {
      if (worker.isAlive()) {
        Set<Long> known =
            running.all().stream().map(RunningTask::claim).collect(Collectors.toSet());
        List<Held> orphaned =
            claims().stream()
                .filter(c -> !known.contains(c.claim()) && !running.isHandling(c.claim()))
                .toList();
        if (!orphaned.isEmpty()) {
          begin.begin(orphaned.stream().map(Held::claim).toList());
          orphaned.forEach(held -> tasks(held).forEach(task -> settle(task, held)));
        }
      }
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "Orphans could not be looked for ({0}).", e.toString());
    }
  }

  /**
   * A claim that this node has taken.
   *
   * @param takenNanos when, by {@link System#nanoTime}
   */
  private record Held(long claim, long takenNanos) {}

  /** Half a minute is far longer than from a claim's take to its threads' list. */
  private List<Held> claims() {
    long now = System.nanoTime();
    return sql.list(
        """
        select id, (extract(epoch from clock_timestamp() - taken_at) * 1000)::bigint
        from longshore.claim
        where worker = ? and worker_run = ? and taken_at < clock_timestamp() - interval '30 seconds'
        """,
        row -> new Held(row.getLong(1), now - row.getLong(2) * 1_000_000),
        worker.id(),
        worker.run());
  }

  private List<Attempted> tasks(Held held) {
    return sql.list(
        "select %s from longshore.task t where t.claim_id = ? and t.state::text = 'ongoing'"
            .formatted(Attempted.COLUMNS),
        row -> Attempted.lost(row, worker.id()),
        held.claim());
  }

  /** A settlement that was given up because PostgreSQL was away is no loss of the task's making. */
  private void settle(Attempted orphan, Held held) {
    boolean away = worker.hadLostItsSessionSince(held.takenNanos());
    LOG.log(
        Level.SEVERE,
        "Task {0} is ongoing on this node, but no thread runs it: it is pending again.",
        orphan.task() + "");
    takeover.fail(orphan.claim());
    settle.settle(
        orphan, new Outcome.Lost("Worker " + worker.id() + " no longer ran it", !away), 0);
  }
}
