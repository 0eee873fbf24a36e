package dev.longshore.log.worker;

import dev.longshore.engine.batch.ClaimLost;
import dev.longshore.task.Payloads;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.function.BooleanSupplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Calls a worker's method for an item, and finds out what it came to. */
@ApplicationScoped
class CallHandler {

  @Inject private Calls calls;
  @Inject private WorkerRows rows;
  @Inject private Payloads payloads;

  /** How many nodes in a row a message may take down before it is set aside. */
  @Inject
  @ConfigProperty(name = "longshore.recover.max-losses", defaultValue = "3")
  private int maxLosses;

  /**
   * @param rollbackOnly whether the transaction is marked for rollback
   * @throws HandlerFailed when the chunk is to be rolled back and its items run one at a time
   */
  void call(Burst burst, Item item, BooleanSupplier rollbackOnly) throws HandlerFailed {
    WorkerPolicy policy = burst.declaration().policy();
    if (item.kind == Item.Kind.MESSAGE && item.attempt > policy.attempts()) {
      // The last one was abandoned: nobody was left to say what becomes of the message.
      item.failed(
          policy.whenExhausted() == WhenExhausted.HALT
              ? Item.Outcome.HALTED
              : Item.Outcome.SET_ASIDE,
          "Its attempts are used up. The last one: " + burst.lastError(),
          0);
      return;
    }
    if (burst.isSuspicious() && item.kind == Item.Kind.MESSAGE) {
      int losses = rows.suspect(burst.worker(), burst.token(), item.messageId());
      if (losses >= maxLosses) {
        item.failed(
            Item.Outcome.SET_ASIDE, "It took its node down " + losses + " times in a row.", 0);
        return;
      }
    }
    Call call = new Call(burst, item);
    long began = System.nanoTime();
    calls.begin(call);
    try {
      burst.state(invoke(burst, item, call));
      if (rollbackOnly.getAsBoolean()) {
        throw new IllegalStateException("The handler marked its transaction for rollback.");
      }
      item.done(System.nanoTime() - began);
    } catch (ClaimLost lost) {
      throw lost;
    } catch (Throwable failure) {
      long took = System.nanoTime() - began;
      if (failure instanceof Unfit) {
        item.failed(Item.Outcome.SET_ASIDE, failure.getMessage(), took); // nothing was called
        return;
      }
      if (burst.isStopped() && call.isInterrupted() && !call.isOutOfTime()) {
        burst.lost(); // the server stops: rolled back, and tried again elsewhere
        throw new ClaimLost(burst.token());
      }
      if (burst.isAlone()) {
        settle(burst, item, call, failure, took);
      }
      throw new HandlerFailed(failure);
    } finally {
      calls.end(call);
    }
  }

  private Object invoke(Burst burst, Item item, Call call) throws Exception {
    WorkerDeclaration worker = burst.declaration();
    Object target = burst.consumer().target();
    return item.kind == Item.Kind.PERIODIC
        ? worker.runPeriodically(target, burst.state(), call)
        : worker.handle(target, item.message, burst.state(), call, payloads);
  }

  private static void settle(Burst burst, Item item, Call call, Throwable failure, long took) {
    String error = call.isOutOfTime() ? call.outOfTime() : failure.toString();
    if (item.kind == Item.Kind.MESSAGE && failure instanceof SetAside aside) {
      error = aside.getMessage();
    }
    item.failed(item.outcomeOf(failure, burst.declaration().policy()), error, took);
  }
}
