package dev.longshore.engine.run;

import dev.longshore.engine.worker.Worker;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.DependsOn;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Stops what has passed its time limit, and everything when this node's lease is over: others may
 * run it by then. Asks nobody for that, and does it on a thread of its own: a line to PostgreSQL
 * that has gone silent holds up whoever waits at it, and after a while every thread of the server's
 * pool, its timers among them.
 */
@Singleton
@Startup
@DependsOn("Heartbeat")
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Deadlines {

  private static final Logger LOG = Logger.getLogger(Deadlines.class.getName());
  private static final long INTERVAL_MILLIS = 200;

  @Resource(lookup = "java:comp/DefaultManagedThreadFactory")
  ManagedThreadFactory threads;

  @Inject Running running;
  @Inject Stop stop;
  @Inject Worker worker;

  private final CountDownLatch ended = new CountDownLatch(1);

  @PostConstruct
  void start() {
    Thread thread = threads.newThread(this::lookAgainAndAgain);
    thread.setName("longshore-deadlines");
    thread.setDaemon(true);
    thread.start();
  }

  @PreDestroy
  void stop() {
    ended.countDown();
  }

  private void lookAgainAndAgain() {
    try {
      while (!ended.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS)) {
        look();
      }
    } catch (InterruptedException e) {
      LOG.log(Level.FINE, "The server stops", e);
    }
  }

  /** Catches everything: this thread's end would be the end of all limits. */
  void look() {
    List<RunningTask> tasks = running.all();
    if (tasks.isEmpty()) {
      return;
    }
    boolean alive = worker.isAlive();
    for (RunningTask task : tasks) {
      try {
        if (!alive) {
          stop.ask(task, StopReason.CLAIM_LOST);
        } else if (isLate(task)) {
          stop.ask(task, StopReason.TIMED_OUT);
        }
        if (task.stopRequested()) {
          stop.press(task);
        }
      } catch (RuntimeException e) {
        LOG.log(
            Level.WARNING,
            "Task {0} could not be asked to stop ({1}); the next look asks again.",
            new Object[] {task.id() + "", e.toString()});
      }
    }
  }

  private static boolean isLate(RunningTask task) {
    return task.type().timeLimit().filter(limit -> task.millis() > limit.toMillis()).isPresent();
  }
}
