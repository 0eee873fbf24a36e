package dev.longshore.engine.recover;

import dev.longshore.engine.dispatch.Withdraw;
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

/** Recovers at start, before this node claims anything, and at an interval after that. */
@Singleton
@Startup
@DependsOn({"DeclareTypes", "Heartbeat"})
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class RecoverTimer {

  private static final Logger LOG = Logger.getLogger(RecoverTimer.class.getName());
  private static final int AT_ONCE = 200;

  @Resource private TimerService timers;
  @Inject private LostAttempts attempts;
  @Inject private Withdraw withdraw;

  @Inject
  @ConfigProperty(name = "longshore.recover.interval", defaultValue = "PT2S")
  private Duration interval;

  /** How long a claim may wait for a node to take it before its message is taken for lost. */
  @Inject
  @ConfigProperty(name = "longshore.dispatch.timeout", defaultValue = "PT30S")
  private Duration dispatchTimeout;

  @PostConstruct
  void start() {
    recover();
    timers.createIntervalTimer(
        interval.toMillis(), interval.toMillis(), new TimerConfig(null, false));
  }

  /** Catches everything: the server would retry a failed timer only minutes later. */
  @Timeout
  void recover() {
    try {
      int lost;
      do {
        lost = attempts.recover(AT_ONCE);
        if (lost > 0) {
          LOG.log(Level.WARNING, "Recovered {0} attempts whose worker is gone.", lost);
        }
      } while (lost == AT_ONCE);
      int late = withdraw.withdrawOlderThan(dispatchTimeout);
      if (late > 0) {
        LOG.log(
            Level.WARNING,
            "{0} queued tasks were taken by no node within {1}; they are pending again.",
            new Object[] {late, dispatchTimeout});
      }
    } catch (RuntimeException e) {
      LOG.log(
          Level.WARNING, "Nothing was recovered ({0}); the next round tries again.", e.toString());
    }
  }
}
