package dev.longshore.engine.claim;

import dev.longshore.engine.dispatch.ClaimEnded;
import dev.longshore.engine.dispatch.Dispatch;
import dev.longshore.engine.dispatch.Dispatched;
import dev.longshore.engine.dispatch.Withdraw;
import dev.longshore.engine.worker.Pace;
import dev.longshore.engine.worker.Worker;
import dev.longshore.task.Lane;
import dev.longshore.task.TasksSubmitted;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Claims and sends, a round at a time, whenever somebody wakes it. The timer wakes it always; new
 * work and slots that fall free wake it early, as hints that may be lost.
 */
@ApplicationScoped
public class Claimer {

  private static final Logger LOG = Logger.getLogger(Claimer.class.getName());

  @Inject Claim claim;
  @Inject Dispatch dispatch;
  @Inject Withdraw withdraw;
  @Inject Worker worker;
  @Inject private OldestClaim oldest;
  @Inject Pace pace;

  @Resource ManagedExecutorService executor;
  @Resource ManagedScheduledExecutorService later;

  /** By lane, when a round is scheduled for, in nanoseconds; 0 when none is. */
  private final Map<Lane, AtomicLong> scheduled =
      Map.of(Lane.QUICK, new AtomicLong(), Lane.LONG, new AtomicLong());

  /**
   * Between two rounds of a lane that is never done. Each then claims what several ended claims
   * have left room for; as much again waits in the broker, so that no slot is idle meanwhile.
   */
  private static final long PAUSE_NANOS = 8_000_000;

  /** By lane, the wakes since the round that is under way began; 0 when none is. */
  private final Map<Lane, AtomicInteger> wakes =
      Map.of(Lane.QUICK, new AtomicInteger(), Lane.LONG, new AtomicInteger());

  private volatile boolean brokerIsAway;

  /**
   * Starts a round in each lane, or has the one that is under way followed by another. Never
   * blocks.
   */
  public void wake() {
    for (Lane lane : Lane.values()) {
      wake(lane);
    }
  }

  /** The same in one lane. */
  void wake(Lane lane) {
    if (wakes.get(lane).getAndIncrement() == 0) {
      try {
        executor.execute(() -> rounds(lane));
      } catch (RuntimeException e) {
        wakes.get(lane).set(0); // the server stops: the next timer, or another node, claims
      }
    }
  }

  /** For a look at what is due, in both lanes; as {@link Cursor#starts}. */
  Object[] starts(boolean sweep) {
    return claim.starts(sweep);
  }

  /** As {@link OldestClaim#from}. */
  long oldestClaim() {
    return oldest.from();
  }

  void onSubmitted(@Observes(during = TransactionPhase.AFTER_SUCCESS) TasksSubmitted submitted) {
    if (submitted.lane() == null) {
      wake();
    } else {
      wake(submitted.lane());
    }
  }

  void onSlotFree(@Observes ClaimEnded ended) {
    wake(ended.lane());
  }

  private void rounds(Lane lane) {
    int seen = wakes.get(lane).get();
    round(lane);
    while (!wakes.get(lane).compareAndSet(seen, 0)) {
      LockSupport.parkNanos(PAUSE_NANOS);
      seen = wakes.get(lane).get();
      round(lane);
    }
  }

  /** Catches everything: rounds that ended here would never begin again on this node. */
  private void round(Lane lane) {
    try {
      if (worker.isActive() && isBrokerThere()) {
        send(claim.claim(lane, lane == Lane.QUICK ? pace::claimSize : type -> 1));
        wakeAgain(lane, claim.againMillis(lane));
      }
    } catch (Throwable e) {
      LOG.log(
          Level.WARNING,
          "Nothing was claimed in the {0} lane ({1}); its pending tasks wait for the next round.",
          new Object[] {lane.label(), e.toString()});
    }
  }

  /** The timer would do it as well, later. */
  private void wakeAgain(Lane lane, long millis) {
    if (millis == 0) {
      wake(lane);
    } else if (millis > 0) {
      long at = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
      AtomicLong next = scheduled.get(lane);
      long known = next.get();
      // Nothing earlier is on its way already.
      if ((known == 0 || at < known) && next.compareAndSet(known, at)) {
        later.schedule(
            () -> {
              next.compareAndSet(at, 0);
              wake(lane);
            },
            millis,
            TimeUnit.MILLISECONDS);
      }
    }
  }

  /** Asked only after a send has failed: claims that cannot be sent are work for nothing. */
  private boolean isBrokerThere() {
    if (brokerIsAway) {
      try {
        dispatch.probe();
        brokerIsAway = false;
      } catch (RuntimeException e) {
        return false;
      }
    }
    return true;
  }

  private void send(List<Dispatched> claims) {
    if (claims.isEmpty()) {
      return;
    }
    try {
      sendOnce(claims);
    } catch (RuntimeException first) {
      // After the broker was restarted the first send fails on the old connection.
      try {
        sendOnce(claims);
      } catch (RuntimeException second) {
        brokerIsAway = true;
        withdraw.withdraw(claims);
        LOG.log(
            Level.WARNING,
            "Artemis took none of {0} claims ({1}); their tasks are pending again and wait until"
                + " it answers.",
            new Object[] {claims.size(), second.getMessage()});
      }
    }
  }

  private void sendOnce(List<Dispatched> claims) {
    if (claims.size() == 1) {
      dispatch.sendAlone(claims.get(0));
    } else {
      dispatch.send(claims);
    }
  }
}
