package dev.longshore.engine.worker;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.Timeout;
import jakarta.ejb.TimerConfig;
import jakarta.ejb.TimerService;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;

/**
 * Gives back what the start needed. The serial collector returns memory only when it collects all
 * of the heap, and a node that idles has no reason to: it would keep 50 MiB for good.
 */
@Singleton
@Startup
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class AfterStart {

  private static final long MILLIS = 30_000;

  @Resource private TimerService timers;

  @PostConstruct
  void start() {
    timers.createSingleActionTimer(MILLIS, new TimerConfig(null, false));
  }

  @Timeout
  void collect() {
    System.gc();
  }
}
