package dev.longshore.engine.worker;

import dev.longshore.db.Persist;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
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
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Takes this node's lease, renews it three times in its length, and gives it back at the end. */
@Singleton
@Startup
@DependsOn("Migrate")
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Heartbeat {

  private static final Logger LOG = Logger.getLogger(Heartbeat.class.getName());

  @Resource private TimerService timers;
  @Inject private Worker worker;
  @Inject private Lease lease;
  @Inject private Settings settings;

  private final AtomicBoolean beating = new AtomicBoolean();
  private volatile long run;
  private volatile boolean refused;

  @PostConstruct
  void start() {
    Persist.whileAway("Worker " + worker.id() + " has no lease", this::acquire);
    long interval = Math.max(100, settings.lease().toMillis() / 4);
    timers.createIntervalTimer(interval, interval, new TimerConfig(null, false));
  }

  /** Catches everything: the server would retry a failed timer only minutes later. */
  @Timeout
  void beat() {
    if (!beating.compareAndSet(false, true)) {
      return; // the last beat still waits for the database
    }
    try {
      if (run == 0) {
        acquire();
      } else {
        renew();
      }
    } catch (RuntimeException e) {
      LOG.log(
          Level.WARNING,
          "Worker {0} could not renew its lease ({1}). Unless that works again before the lease is"
              + " over, it stops taking work and other nodes take over what it runs.",
          new Object[] {worker.id(), e.getMessage()});
    } finally {
      beating.set(false);
    }
  }

  private void acquire() {
    long since = System.nanoTime();
    Optional<Long> taken = lease.acquire();
    if (taken.isPresent()) {
      run = taken.get();
      refused = false;
      worker.renewed(run, since, settings.lease());
      LOG.log(Level.INFO, "Worker {0} is active, run {1}", new Object[] {worker.id(), run + ""});
    } else if (!refused) {
      refused = true;
      LOG.log(
          Level.SEVERE,
          "Worker id {0} is held by {1}: this node takes no work until that lease is over. Give it"
              + " an id of its own with LONGSHORE_WORKER_ID, or stop the other node.",
          new Object[] {worker.id(), lease.holder()});
    }
  }

  private void renew() {
    long since = System.nanoTime();
    if (lease.renew(run)) {
      worker.renewed(run, since, settings.lease());
    } else {
      LOG.log(
          Level.SEVERE,
          "Worker {0} was declared lost (run {1}); other nodes have taken over its work. It begins"
              + " a new life and drops what it was running.",
          new Object[] {worker.id(), run + ""});
      worker.lost();
      run = 0;
      acquire();
    }
  }

  @PreDestroy
  void stop() {
    worker.stopTakingWork();
    if (run != 0) {
      lease.release(run);
      LOG.log(Level.INFO, "Worker {0} has stopped", worker.id());
    }
  }
}
