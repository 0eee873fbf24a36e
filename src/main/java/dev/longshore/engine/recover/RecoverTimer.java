package dev.longshore.engine.recover;

import dev.longshore.engine.dispatch.Withdraw;
import dev.longshore.engine.worker.Worker;
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

  private static final Duration LEFT_BEHIND = Duration.ofMinutes(1);

  /** How long others may take to open their sessions again when all of them were dropped. */
  private static final Duration SESSIONS_COME_BACK = Duration.ofSeconds(5);

  /** The life of this node that has begun to claim. */
  private long begunLife;

  @Resource private TimerService timers;
  @Inject private Worker worker;
  @Inject private LostWorkers lostWorkers;
  @Inject private LostAttempts attempts;
  @Inject private Leftovers leftovers;
  @Inject private Quarantine quarantine;
  @Inject private Withdraw withdraw;

  @Inject
  @ConfigProperty(name = "longshore.recover.interval", defaultValue = "PT2S")
  private Duration interval;

  /**
   * How long a claim may wait for a node to take it before its message is taken for lost: longer
   * than Artemis waits for a node that says nothing (liberty/messaging.xml, {@code connectionTTL}).
   */
  @Inject
  @ConfigProperty(name = "longshore.dispatch.timeout", defaultValue = "PT15S")
  private Duration dispatchTimeout;

  @PostConstruct
  void start() {
    recover();
    timers.createIntervalTimer(
        interval.toMillis(), interval.toMillis(), new TimerConfig(null, false));
  }

  @Timeout
  void recover() {
    if (worker.isAlive()) {
      part("Nothing was recovered", this::round);
    }
  }

  /** Every part by itself: one that fails, or waits for a lock, keeps no other from its work. */
  private void round() {
    long life = worker.run();
    if (worker.hasHeldItsSessionFor(SESSIONS_COME_BACK)) {
      part("Workers were not looked at", lostWorkers::declareGone);
    }
    if (worker.hasBeenAliveForALease()) {
      part("Workers were not looked at", lostWorkers::declareSilent);
    }
    part("Lost attempts were not recovered", this::recoverAttempts);
    if (life != begunLife) {
      part("What an earlier life of this node left was not recovered", () -> begin(life));
    }
    part("Claims of lost nodes were not withdrawn", withdraw::withdrawOfLostNodes);
    part("Claims of what is paused were not withdrawn", withdraw::withdrawPaused);
    part("Lost messages were not looked for", this::withdraw);
    part("Suspects were not let go", quarantine::release);
    part("Leftovers were not ended", () -> leftovers.end(LEFT_BEHIND));
  }

  /** Only now it claims: when nothing under its id is left, and nothing it had claimed. */
  private void begin(long life) {
    if (attempts.leftOfEarlierLives(life) == 0) { // else one of them could not be recovered now
      withdraw.withdrawOwn();
      worker.recovered(life);
      begunLife = life;
    }
  }

  private void recoverAttempts() {
    for (long claim : attempts.find()) {
      part(
          "Claim " + claim + " of a lost worker was not recovered",
          () -> {
            int lost = attempts.recover(claim);
            if (lost > 0) {
              LOG.log(
                  Level.WARNING,
                  "Recovered {0} attempts of claim {1}, whose worker is gone.",
                  new Object[] {lost, claim + ""});
            }
          });
    }
  }

  private void withdraw() {
    int late = withdraw.withdrawOlderThan(dispatchTimeout);
    if (late > 0) {
      LOG.log(
          Level.WARNING,
          "{0} queued tasks were taken by no node within {1}; they are pending again.",
          new Object[] {late, dispatchTimeout});
    }
  }

  /** Catches everything: the server would retry a failed timer only minutes later. */
  private static void part(String otherwise, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.log(
          Level.WARNING,
          "{0} ({1}); the next round tries again.",
          new Object[] {otherwise, e.toString()});
    }
  }
}
