package dev.longshore.engine.run;

import dev.longshore.engine.dispatch.ClaimEnded;
import dev.longshore.engine.dispatch.Withdraw;
import dev.longshore.engine.worker.Worker;
import dev.longshore.task.Lane;
import dev.longshore.task.TaskType;
import dev.longshore.task.TaskTypes;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What a message-driven bean does with a message: takes its claim and runs its tasks to the end.
 */
@ApplicationScoped
class RunClaim {

  private static final Logger LOG = Logger.getLogger(RunClaim.class.getName());

  private static final Duration BEFORE_THE_NEXT_REFUSAL = Duration.ofSeconds(2);

  @Inject Worker worker;
  @Inject Take take;
  @Inject Withdraw withdraw;
  @Inject TaskTypes types;
  @Inject Running running;
  @Inject Event<ClaimEnded> ended;
  @Inject RunTask runTask;
  @Inject RunQuick runQuick;

  private final GroupCommit<Long, List<Taken>> longTakes = new GroupCommit<>(this::take);

  /**
   * Returns when every task of the claim is settled, or when the claim is not to be had: then the
   * message is done with. Throws only before anything was taken, so that redelivery, perhaps to
   * another node, has it taken later.
   */
  void run(Message message, Lane lane) {
    long claim = claim(message);
    if (claim == 0) {
      return;
    }
    boolean leaves = false;
    running.enter(
        lane); // before the question whether work is taken: a drain waits for those inside
    try {
      leaves = worker.isLeaving() && worker.isAlive();
      if (leaves) {
        withdraw.refuse(claim); // it is claimed anew, where there are slots for it
      } else if (!worker.isActive()) {
        throw new IllegalStateException(
            "Worker " + worker.id() + " takes no work now: claim " + claim + " goes back");
      } else {
        handle(claim, lane);
      }
    } finally {
      running.leave(lane);
    }
    if (leaves) {
      // Other nodes may be full: then it comes again as soon as it is claimed anew, to those who
      // have nothing else to do here.
      worker.awaitStay(BEFORE_THE_NEXT_REFUSAL);
      return;
    }
    ended.fire(new ClaimEnded(claim, lane));
  }

  private void handle(long claim, Lane lane) {
    running.begin(claim);
    try {
      run(claim, lane);
    } finally {
      running.end(claim);
    }
  }

  private void run(long claim, Lane lane) {
    List<Taken> tasks = lane == Lane.LONG ? longTakes.ask(claim) : take.takeQuick(claim);
    if (tasks.isEmpty()) {
      if (take.isOfAnotherBuild(claim)) {
        throw new IllegalStateException(
            "Worker "
                + worker.id()
                + " does not know the type of claim "
                + claim
                + ": it goes back");
      }
      return;
    }
    TaskType type = types.find(tasks.get(0).type()).orElseThrow(); // a claim is of one type
    if (type.lane() == Lane.QUICK) {
      runQuick.run(tasks, type, claim);
    } else {
      tasks.forEach(task -> runTask.run(task, type, claim));
    }
  }

  /** In the order of the claims; a claim that two messages brought at once is taken once. */
  private List<List<Taken>> take(List<Long> claims) {
    Map<Long, List<Taken>> taken = new HashMap<>(take.take(claims));
    return claims.stream().map(taken::remove).map(t -> t == null ? List.<Taken>of() : t).toList();
  }

  private static long claim(Message message) {
    try {
      return Long.parseLong(message.getBody(String.class));
    } catch (NumberFormatException | JMSException e) {
      LOG.log(
          Level.SEVERE,
          "A message on a lane's queue is no claim ({0}) and was dropped: nobody but Longshore"
              + " should send there.",
          e.toString());
      return 0;
    }
  }
}
