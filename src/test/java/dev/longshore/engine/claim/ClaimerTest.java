package dev.longshore.engine.claim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.engine.dispatch.ClaimEnded;
import dev.longshore.engine.dispatch.Dispatch;
import dev.longshore.engine.dispatch.Dispatched;
import dev.longshore.engine.dispatch.Withdraw;
import dev.longshore.engine.worker.Pace;
import dev.longshore.engine.worker.Worker;
import dev.longshore.task.Lane;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.jms.JMSRuntimeException;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rounds while the broker, or the server's threads, are away. */
class ClaimerTest {

  private final List<String> events = new ArrayList<>();
  private final Claimer claimer = new Claimer();
  private int failing;
  private boolean away;
  private boolean refusing;
  private boolean broken;
  private int size = 1;

  /** How many tasks of a type were to share a claim, by round. */
  private final List<Integer> sizes = new ArrayList<>();

  private int pace = 1;

  /** What the next rounds say of when there may be more; then never. */
  private final Deque<Long> again = new ArrayDeque<>();

  private final List<Runnable> scheduled = new ArrayList<>();

  @BeforeEach
  void begin() {
    claimer.worker =
        new Worker() {
          @Override
          public boolean isActive() {
            return true;
          }
        };
    claimer.pace =
        new Pace() {
          @Override
          public int claimSize(String type) {
            return type.equals("slow") ? pace : 300;
          }
        };
    claimer.claim =
        new Claim() {
          @Override
          List<Dispatched> claim(Lane lane, ToIntFunction<String> sizeOf) {
            events.add("claim");
            sizes.add(sizeOf.applyAsInt("slow"));
            if (broken) {
              throw new IllegalStateException("PostgreSQL is away");
            }
            return Collections.nCopies(size, new Dispatched(7, lane, 4));
          }

          @Override
          long againMillis(Lane lane) {
            return again.isEmpty() ? -1 : again.poll();
          }
        };
    claimer.dispatch =
        new Dispatch() {
          @Override
          public void send(Collection<Dispatched> claims) {
            sendAlone(null);
          }

          @Override
          public void sendAlone(Dispatched claim) {
            if (failing-- > 0) {
              events.add("failed");
              throw new JMSRuntimeException("away");
            }
            events.add("sent");
          }

          @Override
          public void probe() {
            events.add("probe");
            if (away) {
              throw new JMSRuntimeException("away");
            }
          }
        };
    claimer.withdraw =
        new Withdraw() {
          @Override
          public int withdraw(Collection<Dispatched> claims) {
            events.add("withdraw " + claims.size());
            return claims.size();
          }
        };
    claimer.later =
        (ManagedScheduledExecutorService)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ManagedScheduledExecutorService.class},
                (self, method, arguments) -> {
                  events.add("in " + arguments[1] + " ms");
                  scheduled.add((Runnable) arguments[0]);
                  return null;
                });
    claimer.executor =
        (ManagedExecutorService)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ManagedExecutorService.class},
                (self, method, arguments) -> {
                  if (refusing) {
                    throw new RejectedExecutionException("stops");
                  }
                  ((Runnable) arguments[0]).run();
                  return null;
                });
  }

  /** After the broker was restarted it fails on the old connection. */
  @Test
  void aSendThatFailsOnceIsMadeAgain() {
    failing = 1;

    round();

    assertThat(events).containsExactly("claim", "failed", "sent");
  }

  @Test
  void whileTheBrokerIsAwayNothingIsClaimedThatCouldNotBeSent() {
    failing = 2;
    size = 3;
    away = true;
    round();
    assertThat(events).containsExactly("claim", "failed", "failed", "withdraw 3");

    events.clear();
    round();
    assertThat(events).containsExactly("probe");

    events.clear();
    away = false;
    round();
    round();
    assertThat(events).containsExactly("probe", "claim", "sent", "claim", "sent");
  }

  /** As one that stops does. */
  @Test
  void aServerThatHasNoThreadForARoundIsAskedAgain() {
    refusing = true;
    round();
    assertThat(events).isEmpty();

    refusing = false;
    round();
    assertThat(events).containsExactly("claim", "sent");
  }

  @Test
  void aRoundThatFailsIsFollowedByOthers() {
    broken = true;
    round();

    broken = false;
    round();

    assertThat(events).containsExactly("claim", "claim", "sent");
  }

  @Test
  void whereThereIsMoreAtOnceAnotherRoundFollows() {
    again.add(0L);

    round();

    assertThat(events).containsExactly("claim", "sent", "claim", "sent");
  }

  @Test
  void whereThereIsMoreLaterARoundIsScheduledForTheFirstOfThoseTimes() {
    again.addAll(List.of(60_000L, 70_000L, 10_000L));

    round();
    round();
    round();
    assertThat(events)
        .containsExactly(
            "claim", "sent", "in 60000 ms", "claim", "sent", "claim", "sent", "in 10000 ms");

    events.clear();
    scheduled.get(1).run();
    assertThat(events).containsExactly("claim", "sent");
  }

  @Test
  void asManyQuickTasksShareAClaimAsTheirTypesPaceAllowsNow() {
    for (int now : new int[] {20, 3}) {
      pace = now;
      claimer.onSlotFree(new ClaimEnded(7, Lane.QUICK));
    }
    round();
    assertThat(sizes).as("and one of the long lane").containsExactly(20, 3, 1);
  }

  private void round() {
    claimer.onSlotFree(new ClaimEnded(7, Lane.LONG));
  }
}
