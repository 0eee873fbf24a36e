package dev.longshore.log.worker;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The calls of handlers under way on this node, and their time limits. */
@ApplicationScoped
class Calls {

  private static final Logger LOG = Logger.getLogger(Calls.class.getName());

  @Inject private WorkerRows rows;
  @Inject private Room room;

  /** How long a call may ignore its interruption before the worker goes on without it. */
  @Inject
  @ConfigProperty(name = "longshore.event-workers.abandon", defaultValue = "PT30S")
  private Duration abandon;

  private final Set<Call> under = ConcurrentHashMap.newKeySet();

  void begin(Call call) {
    under.add(call);
  }

  void end(Call call) {
    under.remove(call);
    call.end();
  }

  boolean isNone() {
    return under.isEmpty();
  }

  /**
   * Interrupts what is out of time, and abandons what ignores that. Called several times a second.
   */
  void watch() {
    for (Call call : under) {
      if (call.overdueMillis() > abandon.toMillis()) {
        abandon(call);
      } else if (call.overdueMillis() > 0) {
        call.burst().consumer().vitals().stuck(call.item().label(), call.millis());
        call.interrupt(true);
      }
    }
  }

  /** The server stops and does not wait any longer. */
  void interruptAll() {
    under.forEach(call -> call.interrupt(false));
  }

  private void abandon(Call call) {
    Burst burst = call.burst();
    Item item = call.item();
    Duration again =
        switch (item.kind) {
          case MESSAGE -> WorkerPolicy.backoff(item.attempt);
          case PERIODIC -> burst.declaration().policy().every();
          case DEAD_LETTER -> null;
        };
    rows.abandon(
        burst,
        item.kind == Item.Kind.MESSAGE ? item.messageId() : null,
        item.attempt,
        again,
        item.deadLetter,
        call.outOfTime() + " It ignored that.");
    burst.consumer().abandon(burst);
    room.leave(burst); // its thread may never return to do that
    under.remove(call); // not before: what the database has not heard of is tried again
    LOG.log(
        Level.SEVERE,
        "Event worker {0} goes on without its call for {1} {2}, which has ignored its interruption"
            + " for {3}: what it still writes is refused. Its thread is lost until it returns.",
        new Object[] {burst.worker(), item.label(), item.messageId() + "", abandon});
  }
}
