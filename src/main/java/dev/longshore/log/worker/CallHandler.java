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
      if (failure instanceof SetAside
          && failure.getCause() instanceof dev.longshore.problem.InvalidInput) {
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
    WorkerPolicy policy = burst.declaration().policy();
    String error = call.isOutOfTime() ? call.outOfTime() : failure.toString();
    Item.Outcome outcome = Item.Outcome.FAILED;
    if (item.kind == Item.Kind.MESSAGE) {
      outcome =
          switch (Verdict.of(failure, item.attempt, policy)) {
            case TRY_AGAIN -> Item.Outcome.FAILED;
            case WAIT -> Item.Outcome.WAITING;
            case SKIP -> Item.Outcome.SKIPPED;
            case SET_ASIDE -> Item.Outcome.SET_ASIDE;
            case HALT -> Item.Outcome.HALTED;
          };
      error = failure instanceof SetAside ? failure.getMessage() : error;
    }
    item.failed(outcome, error, took);
  }
}
