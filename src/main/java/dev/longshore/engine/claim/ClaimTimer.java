package dev.longshore.engine.claim;

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
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The guarantee behind every wake-up: a round of claims at a fixed interval, on every node. */
@Singleton
@Startup
@DependsOn("RecoverTimer")
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class ClaimTimer {

  @Resource private TimerService timers;
  @Inject private Claimer claimer;

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
  }
}
