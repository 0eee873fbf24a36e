package dev.longshore.engine.prune;

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
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Asks several times in an interval, so that a job is due once in it, whichever nodes come and go.
 */
@Singleton
@Startup
@DependsOn("Heartbeat")
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class PruneTimer {

  private static final Logger LOG = Logger.getLogger(PruneTimer.class.getName());
  private static final long LONGEST_MILLIS = 60_000;

  @Resource private TimerService timers;
  @Inject Prune prune;

  @Inject
  @ConfigProperty(name = "longshore.prune.interval", defaultValue = "PT1H")
  Duration interval;

  @PostConstruct
  void start() {
    long millis = Math.max(1, Math.min(LONGEST_MILLIS, interval.toMillis() / 2));
    timers.createIntervalTimer(millis, millis, new TimerConfig(null, false));
  }

  /** Catches everything: the server would retry a failed timer only minutes later. */
  @Timeout
  void tick() {
    try {
      prune.start(interval);
    } catch (RuntimeException e) {
      LOG.log(
          Level.WARNING, "Pruning was not started ({0}); the next tick tries again.", e.toString());
    }
  }
}
