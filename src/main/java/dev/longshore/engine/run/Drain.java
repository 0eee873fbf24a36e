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
import jakarta.ejb.Timeout;
import jakarta.ejb.TimerConfig;
import jakarta.ejb.TimerService;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Gives up this node's work in good order, before it stops or because somebody has asked for it:
 * takes no more, lets what runs finish for a while, then stops it and hands it back.
 *
 * <p>At SIGTERM all of that comes before Liberty's own stop, whose quiescing is limited and has the
 * resource adapter interrupt what runs. Where the server is stopped in another way, what runs is
 * stopped before the adapter would.
 */
@Singleton
@Startup
@DependsOn("Heartbeat")
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Drain {

  private static final Logger LOG = Logger.getLogger(Drain.class.getName());
  private static final long INTERVAL_MILLIS = 500;

  /** The adapter's call time-out (liberty/messaging.xml), after which it interrupts, less a bit. */
  private static final Duration BEFORE_THE_ADAPTER = Duration.ofSeconds(8);

  @Resource private TimerService timers;
  @Inject Running running;
  @Inject Stop stop;
  @Inject Worker worker;

  /** How long running work may go on to its end before it is stopped. */
  @Inject
  @ConfigProperty(name = "longshore.drain.timeout", defaultValue = "PT5S")
  Duration timeout;

  /** How long stopped work may take to return before the node goes without it. */
  @Inject
  @ConfigProperty(name = "longshore.drain.stop-timeout", defaultValue = "PT15S")
  Duration stopTimeout;

  /** Replaced where the JVM is to be going down. */
  Consumer<Thread> unhook = Runtime.getRuntime()::removeShutdownHook;

  private final Thread hook = new Thread(this::drainInTime, "longshore-drain");
  private final TerminationSignal signal = new TerminationSignal(() -> drain(timeout));
  private boolean drained;

  /** Since when the node drains because it was asked to; 0 while it does not. */
  private long drainingNanos;

  @PostConstruct
  void start() {
    Runtime.getRuntime().addShutdownHook(hook);
    signal.listen();
    timers.createIntervalTimer(INTERVAL_MILLIS, INTERVAL_MILLIS, new TimerConfig(null, false));
  }

  @PreDestroy
  void stop() {
    signal.ignore();
    drainInTime();
    try {
      unhook.accept(hook);
    } catch (IllegalStateException e) {
      LOG.log(Level.FINE, "The JVM is going down: the hook has run or runs", e);
    }
  }

  /** While the node was asked to drain: stops what has had its time. */
  @Timeout
  void look() {
    if (!worker.isDraining()) {
      drainingNanos = 0;
      return;
    }
    long now = System.nanoTime();
    if (drainingNanos == 0) {
      drainingNanos = now;
    }
    if (now - drainingNanos > worker.drainTimeout().orElse(timeout).toNanos()) {
      stopAll();
    }
  }

  private void drainInTime() {
    drain(timeout.compareTo(BEFORE_THE_ADAPTER) < 0 ? timeout : BEFORE_THE_ADAPTER);
  }

  private synchronized void drain(Duration time) {
    if (drained) {
      return;
    }
    drained = true;
    worker.stopTakingWork();
    try {
      if (running.awaitNone(time.toMillis())) {
        return;
      }
      stopAll();
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

  private void stopAll() {
    running.all().forEach(task -> stop.ask(task, StopReason.NODE_STOPS));
  }
}
