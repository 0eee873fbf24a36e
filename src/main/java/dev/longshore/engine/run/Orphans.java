package dev.longshore.engine.run;

import dev.longshore.db.Sql;
import dev.longshore.engine.batch.Takeover;
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
        find().stream().filter(orphan -> !known.contains(orphan.claim())).forEach(this::settle);
      }
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "Orphans could not be looked for ({0}).", e.toString());
    }
  }

  /** Half a minute is far longer than from a claim's take to its threads' list. */
  private List<Attempted> find() {
    return sql.list(
        """
        select %s
        from longshore.claim c, lateral (
            select * from longshore.task where claim_id = c.id and state::text = 'ongoing' offset 0) t
        where c.worker = ? and c.worker_run = ?
          and c.taken_at < clock_timestamp() - interval '30 seconds'
        """
            .formatted(Attempted.COLUMNS),
        row -> Attempted.lost(row, worker.id()),
        worker.id(),
        worker.run());
  }

  private void settle(Attempted orphan) {
    LOG.log(
        Level.SEVERE,
        "Task {0} is ongoing on this node, but no thread runs it: it is pending again.",
        orphan.task() + "");
    takeover.fail(orphan.claim());
    settle.settle(orphan, new Outcome.Lost("Worker " + worker.id() + " no longer ran it"), 0);
  }
}
