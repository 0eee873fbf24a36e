package dev.longshore.engine.prune;

import dev.longshore.db.Sql;
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
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Folds what statements changed in the counts (V009), so that reading them stays cheap. On every
 * node: one at a time finds something to do.
 */
@Singleton
@Startup
@DependsOn("Migrate")
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class FoldTimer {

  private static final Logger LOG = Logger.getLogger(FoldTimer.class.getName());
  private static final long INTERVAL_MILLIS = 5_000;

  @Resource private TimerService timers;
  @Inject Sql sql;

  @PostConstruct
  void start() {
    timers.createIntervalTimer(INTERVAL_MILLIS, INTERVAL_MILLIS, new TimerConfig(null, false));
  }

  /** Catches everything: the server would retry a failed timer only minutes later. */
  @Timeout
  void fold() {
    try {
      sql.first("select longshore.fold_counts()", row -> row.getLong(1));
    } catch (RuntimeException e) {
      LOG.log(
          Level.WARNING,
          "The counts were not folded ({0}); they stay exact, and the next round tries again.",
          e.toString());
    }
  }
}
