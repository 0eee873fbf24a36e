package dev.longshore.engine.worker;

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
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Takes this node's lease, shows every second that it lives, and gives the lease back at the end;
 * on a thread and a session of its own. A session that breaks is opened anew at once.
 */
@Singleton
@Startup
@DependsOn("Migrate")
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Heartbeat {

  private static final Logger LOG = Logger.getLogger(Heartbeat.class.getName());
  private static final long RETRY_MILLIS = 250;

  @Resource(lookup = "jdbc/lease")
  DataSource dataSource;

  @Resource(lookup = "java:comp/DefaultManagedThreadFactory")
  ManagedThreadFactory threads;

  @Inject Worker worker;
  @Inject Settings settings;

  private final CountDownLatch firstBeat = new CountDownLatch(1);
  private final CountDownLatch stop = new CountDownLatch(1);
  Thread thread;

  // Of the heartbeat's thread alone.
  private Lease lease;
  private long run;
  private boolean refused;
  private boolean failing;

  /** Returns when it has tried to take the lease. */
  @PostConstruct
  void start() {
    thread = threads.newThread(this::live);
    thread.setName("longshore-heartbeat");
    thread.setDaemon(true);
    thread.start();
    try {
      firstBeat.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @PreDestroy
  void stop() {
    worker.stopTakingWork();
    stop.countDown();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void live() {
    do {
      beat();
      firstBeat.countDown();
    } while (!stopped(lease == null ? RETRY_MILLIS : settings.heartbeat().toMillis()));
    release();
  }

  private boolean stopped(long millis) {
    try {
      return stop.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return true; // the server stops
    }
  }

  /** Catches everything: this thread's end would be the node's. */
  private void beat() {
    try {
      if (lease == null) {
        lease = new Lease(dataSource, worker.id(), settings);
      }
      if (run == 0) {
        acquire();
      } else {
        renew();
      }
      if (failing) {
        failing = false;
        LOG.log(Level.INFO, "Worker {0} renews its lease again", worker.id());
      }
    } catch (SQLException | RuntimeException e) {
      broken(e);
    } finally {
      worker.beaten();
    }
  }

  private void broken(Exception why) {
    worker.sessionLost();
    if (lease != null) {
      lease.close();
      lease = null;
    }
    if (!failing) {
      failing = true;
      LOG.log(
          Level.WARNING,
          "Worker {0} could not renew its lease ({1}). Unless that works again before the lease is"
              + " over, it stops taking work and other nodes take over what it runs.",
          new Object[] {worker.id(), why.getMessage()});
    }
  }

  private void acquire() {
    long since = System.nanoTime();
    Optional<Long> taken = lease.acquire(worker.isDraining());
    if (taken.isPresent()) {
      run = taken.get();
      refused = false;
      worker.renewed(run, since, settings.lease());
      lease.lock(run);
      stands(since);
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
    Optional<Lease.Asked> asked = lease.renew(run, worker.isStopping());
    if (asked.isPresent()) {
      worker.renewed(run, since, settings.lease());
      worker.draining(asked.get().draining(), asked.get().timeout());
      stands(since);
    } else {
      LOG.log(
          Level.SEVERE,
          "Worker {0} was declared lost (run {1}); other nodes have taken over its work. It begins"
              + " a new life and drops what it was running.",
          new Object[] {worker.id(), run + ""});
      worker.lost();
      run = 0;
      // In a session of its own, whose lock is the new life's alone.
      worker.sessionLost();
      lease.close();
      lease = null;
    }
  }

  private void stands(long since) {
    if (lease.isLocked() && !worker.hasSession()) {
      worker.sessionOpened(since);
    }
  }

  private void release() {
    try {
      if (run != 0 && lease != null) {
        lease.release(run);
        LOG.log(Level.INFO, "Worker {0} has stopped", worker.id());
      }
    } catch (RuntimeException e) {
      LOG.log(
          Level.WARNING,
          "Worker {0} could not give back its lease ({1}): its id is free when the others notice.",
          new Object[] {worker.id(), e.getMessage()});
    } finally {
      if (lease != null) {
        lease.close();
      }
    }
  }
}
