package dev.longshore.log;

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

/** Looks for old messages now and then, on every node: one at a time finds something to do. */
@Singleton
@Startup
@DependsOn("Migrate")
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class RetentionTimer {

  private static final Logger LOG = Logger.getLogger(RetentionTimer.class.getName());

  @Resource private TimerService timers;
  @Inject private Retention retention;

  /** How long a message is kept at least. */
  @Inject
  @ConfigProperty(name = "longshore.log.retention", defaultValue = "P30D")
  private Duration age;

  @Inject
  @ConfigProperty(name = "longshore.log.retention-interval", defaultValue = "PT1M")
  private Duration interval;

  @PostConstruct
  void start() {
    timers.createIntervalTimer(
        interval.toMillis(), interval.toMillis(), new TimerConfig(null, false));
  }

  /** Catches everything: the server would retry a failed timer only minutes later. */
  @Timeout
  void tick() {
    try {
      long gone = 0;
      long slice;
      do {
        slice = retention.slice(age);
        gone += slice;
      } while (slice == Retention.SLICE);
      if (gone > 0) {
        LOG.log(
            Level.INFO, "{0} messages older than {1} are deleted", new Object[] {gone + "", age});
      }
    } catch (RuntimeException e) {
      LOG.log(
          Level.WARNING,
          "Old messages were not deleted ({0}); the next tick tries again.",
          e.toString());
    }
  }
}
