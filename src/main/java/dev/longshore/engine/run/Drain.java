package dev.longshore.engine.run;

import dev.longshore.engine.worker.Worker;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.DependsOn;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Stops this node in good order: takes no more work, lets what runs finish for a while, then stops
 * it and hands it back. Begins at SIGTERM, beside the server's own quiescing, so that its 30
 * seconds are not spent waiting for tasks that nobody has told to end.
 */
@Singleton
@Startup
@DependsOn("Heartbeat")
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Drain {

  private static final Logger LOG = Logger.getLogger(Drain.class.getName());

  @Inject private Running running;
  @Inject private Stop stop;
  @Inject private Worker worker;

  /** How long running work may go on to its end before it is stopped. */
  @Inject
  @ConfigProperty(name = "longshore.drain.timeout", defaultValue = "PT5S")
  private Duration timeout;

  /** How long stopped work may take to return before the node goes without it. */
  @Inject
  @ConfigProperty(name = "longshore.drain.stop-timeout", defaultValue = "PT15S")
  private Duration stopTimeout;

  private final Thread hook = new Thread(this::drain, "longshore-drain");
  private boolean drained;

  @PostConstruct
  void start() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  @PreDestroy
  void stop() {
    drain();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      LOG.log(Level.FINE, "The JVM is going down: the hook has run or runs", e);
    }
  }

  private synchronized void drain() {
    if (drained) {
      return;
    }
    drained = true;
    worker.stopTakingWork();
    try {
      if (running.awaitNone(timeout.toMillis())) {
        return;
      }
      running.all().forEach(task -> stop.ask(task, StopReason.NODE_STOPS));
      if (!running.awaitNone(stopTimeout.toMillis())) {
        LOG.log(
            Level.WARNING,
            "{0} tasks did not stop within {1}; other nodes will recover them as lost.",
            new Object[] {running.all().size(), stopTimeout});
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
