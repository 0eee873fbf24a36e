package dev.longshore.log.worker;

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
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Starts and stops the event workers with the server. At SIGTERM, beside the server's own
 * quiescing, no more messages are read; what runs may end, for a while.
 */
@Singleton
@Startup
@DependsOn("Heartbeat")
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class RunEventWorkers {

  private static final Logger LOG = Logger.getLogger(RunEventWorkers.class.getName());
  private static final long LOOK_MILLIS = 1_000;
  private static final long WATCH_MILLIS = 100;
  private static final long BEAT_MILLIS = 1_000;
  private static final long ADVANCE_MILLIS = 30_000;

  @Inject private EventWorkers workers;
  @Inject private WorkerRows rows;
  @Inject private Dispatcher dispatcher;
  @Inject private Calls calls;
  @Inject private Beat beat;
  @Inject private Meters meters;

  @Resource(lookup = "concurrent/watch")
  private ManagedScheduledExecutorService scheduler;

  /**
   * How long handlers may go on to their end when the server stops, before they are interrupted.
   */
  @Inject
  @ConfigProperty(name = "longshore.drain.timeout", defaultValue = "PT5S")
  private Duration timeout;

  /** How long they may take to end then. */
  @Inject
  @ConfigProperty(name = "longshore.drain.stop-timeout", defaultValue = "PT15S")
  private Duration stopTimeout;

  private final List<Future<?>> rounds = new ArrayList<>();
  private final Thread hook = new Thread(this::drain, "longshore-drain-event-workers");
  private boolean drained;

  @PostConstruct
  void start() {
    for (EventWorkerSource.Declared declared : workers.all()) {
      rows.declare(declared.declaration(), Policies.json(declared.declaration().policy()));
      LOG.info(() -> describe(declared.declaration()));
    }
    dispatcher.start();
    dispatcher.all().forEach(meters::gauge);
    if (!dispatcher.all().isEmpty()) {
      round(dispatcher::look, LOOK_MILLIS);
      round(this::watch, WATCH_MILLIS);
      round(beat::beat, BEAT_MILLIS);
      round(beat::advance, ADVANCE_MILLIS);
    }
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

  private void watch() {
    calls.watch();
    dispatcher.wakeDue();
  }

  private void round(Runnable work, long millis) {
    rounds.add(
        scheduler.scheduleWithFixedDelay(
            () -> {
              try {
                work.run();
              } catch (RuntimeException | Error e) { // what is thrown here ends the rounds for good
                LOG.log(
                    Level.WARNING,
                    "Event workers were not looked after ({0}); the next round tries again.",
                    e.toString());
              }
            },
            millis,
            millis,
            TimeUnit.MILLISECONDS));
  }

  private synchronized void drain() {
    if (drained) {
      return;
    }
    drained = true;
    dispatcher.stop();
    try {
      if (!awaitIdle(timeout)) {
        calls.interruptAll();
        if (!awaitIdle(stopTimeout)) {
          LOG.log(
              Level.WARNING,
              "Handlers of event workers did not end within {0}; what they have not committed is"
                  + " rolled back and comes again.",
              stopTimeout);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    rounds.forEach(round -> round.cancel(false));
    try {
      dispatcher.release();
    } catch (RuntimeException e) {
      LOG.log(
          Level.WARNING,
          "The event workers were not given back ({0}); other nodes take them when this one''s"
              + " lease is over.",
          e.toString());
    }
  }

  private boolean awaitIdle(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (!dispatcher.isIdle()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      Thread.sleep(20);
    }
    return true;
  }

  private static String describe(WorkerDeclaration worker) {
    WorkerPolicy policy = worker.policy();
    return "Event worker %s (%s): %s%s; %d attempts, then %s, time limit %s, while a service is down %s, declared by %s"
        .formatted(
            worker.name(),
            worker.description(),
            worker.messages().isEmpty() ? "no messages" : String.join(", ", worker.messages()),
            worker.isPeriodic() ? ", every " + policy.every() : "",
            policy.attempts(),
            policy.whenExhausted() == WhenExhausted.HALT ? "it halts" : "set aside",
            policy.timeLimit(),
            policy.whenDown() == WhenDown.WAIT ? "it waits" : "it passes over",
            worker.source());
  }
}
