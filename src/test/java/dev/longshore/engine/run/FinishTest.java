package dev.longshore.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.db.DatabaseException;
import dev.longshore.engine.run.Finish.Finished;
import dev.longshore.engine.settle.Attempted;
import dev.longshore.engine.settle.Settled;
import dev.longshore.task.Backoff;
import dev.longshore.task.Outcome;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FinishTest {

  private static final long LEADER = 1;
  private static final long WELL = 2;
  private static final long LOCKED_AND_UNSTORABLE = 3;

  private final Finish finish = new Finish();

  FinishTest() {
    finish.once = new Database();
  }

  @Test
  void aTaskIsSettledOnceWhateverKeepsAnotherOneOfItsGroup() throws Exception {
    CompletableFuture<Boolean> leader = new CompletableFuture<>();
    CompletableFuture<Boolean> well = new CompletableFuture<>();
    CompletableFuture<Boolean> locked = new CompletableFuture<>();
    start(LEADER, leader);
    database().entered.await();
    Thread second = start(WELL, well);
    Thread third = start(LOCKED_AND_UNSTORABLE, locked);
    Awaitility.await()
        .until(
            () ->
                second.getState() == Thread.State.WAITING
                    && third.getState() == Thread.State.WAITING);
    database().go.countDown();

    assertThat(leader.get()).isTrue();
    assertThat(well.get()).as("was ours").isTrue();
    assertThat(locked.get()).isTrue();
  }

  private Database database() {
    return (Database) finish.once;
  }

  private Thread start(long task, CompletableFuture<Boolean> answer) {
    Thread thread =
        new Thread(
            () -> {
              try {
                answer.complete(finish.finish(settled(task), null));
              } catch (Throwable e) {
                answer.completeExceptionally(e);
              }
            });
    thread.start();
    return thread;
  }

  private static Settled settled(long task) {
    return new Settled(
        new Attempted(task, "type", task, 1, 1, 5, 0, Backoff.DEFAULT, "worker"),
        Outcome.snoozed(Duration.ZERO));
  }

  /** Settles a task once; the third one is locked by somebody, and cannot be stored. */
  private static final class Database extends FinishOnce {
    final CountDownLatch entered = new CountDownLatch(1);
    final CountDownLatch go = new CountDownLatch(1);
    private final Set<Long> settled = new HashSet<>();

    @Override
    List<Boolean> finishSoon(List<Finished> all) {
      entered.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      if (all.size() == 1 && task(all.get(0)) == LOCKED_AND_UNSTORABLE) {
        throw failure("55P03");
      }
      return finish(all);
    }

    @Override
    synchronized List<Boolean> finish(List<Finished> all) {
      if (all.stream().anyMatch(f -> task(f) == LOCKED_AND_UNSTORABLE)) {
        throw failure("22P05");
      }
      return all.stream().map(f -> settled.add(task(f))).toList();
    }

    @Override
    boolean finishUnstorable(Finished one, DatabaseException why) {
      return true;
    }

    private static long task(Finished finished) {
      return finished.settled().attempt().task();
    }

    private static DatabaseException failure(String state) {
      return new DatabaseException(new SQLException("not so", state));
    }
  }
}
