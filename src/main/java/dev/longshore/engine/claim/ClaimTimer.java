package dev.longshore.engine.claim;

import dev.longshore.engine.limit.Strays;
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

/** The guarantee behind every wake-up: a round of claims at a fixed interval, on every node. */
@Singleton
@Startup
@DependsOn("RecoverTimer")
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class ClaimTimer {

  private static final Logger LOG = Logger.getLogger(ClaimTimer.class.getName());

  @Resource private TimerService timers;
  @Inject Claimer claimer;
  @Inject Strays strays;

  @Inject
  @ConfigProperty(name = "longshore.claim.interval", defaultValue = "PT2S")
  private Duration interval;

  @PostConstruct
  void start() {
    timers.createIntervalTimer(
        interval.toMillis(), interval.toMillis(), new TimerConfig(null, false));
  }

  @Timeout
  void tick() {
    claimer.wake();
    try {
      strays.tend();
    } catch (RuntimeException e) {
      LOG.log(
          Level.WARNING,
          "Keys that wait for nobody were not looked for ({0}); the next round does.",
          e.toString());
    }
  }
}
