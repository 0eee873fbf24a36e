package dev.longshore.engine.run;

import dev.longshore.db.DatabaseException;
import dev.longshore.engine.batch.ClaimLost;
import dev.longshore.engine.settle.Settle;
import dev.longshore.engine.settle.Settled;
import dev.longshore.engine.worker.Pace;
import dev.longshore.task.CurrentTask;
import dev.longshore.task.Outcome;
import dev.longshore.task.TaskHandler;
import dev.longshore.task.TaskTypes;
import jakarta.annotation.Resource;
import jakarta.batch.api.chunk.AbstractCheckpointAlgorithm;
import jakarta.batch.api.chunk.AbstractItemReader;
import jakarta.batch.api.chunk.AbstractItemWriter;
import jakarta.batch.api.chunk.ItemProcessor;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The chunk step of {@code longshore-quick.xml}: its items are the tasks of a claim. The handlers'
 * writes and the tasks' settlements commit in the chunk's transaction, together or not at all.
 *
 * <p>A task that fails has its chunk rolled back; its tasks are then run one at a time. Alone in
 * its chunk it is not run a third time: the chunk settles what it came to.
 */
final class QuickChunk {

  private QuickChunk() {}

  /** Reads the claim's tasks. The checkpoint is how many were read. */
  @Named("longshoreQuickReader")
  @Dependent
  public static class Reader extends AbstractItemReader {
    private QuickClaim claim;
    private int next;

    @Override
    public void open(Serializable checkpoint) {
      claim = QuickClaim.current();
      next = checkpoint == null ? 0 : (Integer) checkpoint;
    }

    @Override
    public Object readItem() {
      return next < claim.tasks.size() ? claim.tasks.get(next++) : null;
    }

    @Override
    public Serializable checkpointInfo() {
      return next;
    }
  }

  /** Calls the handler, unless the task has come to its outcome without it. */
  @Named("longshoreQuickProcessor")
  @Dependent
  public static class Processor implements ItemProcessor {
    @Inject private TaskTypes types;
    @Inject private Pace pace;
    @Inject private Suspect suspect;
    @Inject private Outage outage;

    @Resource(lookup = "java:comp/TransactionSynchronizationRegistry")
    private TransactionSynchronizationRegistry transaction;

    private TaskHandler handler;

    @Override
    public Object processItem(Object item) throws Exception {
      RunningTask task = (RunningTask) item;
      QuickClaim claim = QuickClaim.current();
      claim.enter(task);
      if (task.failedAlone()) {
        return task;
      }
      if (task.stopReason() == StopReason.CLAIM_LOST) {
        throw new ClaimLost(claim.id);
      }
      if (task.stopRequested()) {
        task.outcome(Outcomes.stopped(task));
        return task;
      }
      return run(task, claim);
    }

    private Object run(RunningTask task, QuickClaim claim) throws HandlerFailed {
      if (handler == null) {
        handler = types.handler(claim.type).orElseThrow();
      }
      if (claim.isSuspicious()) {
        suspect.note(task);
      }
      CurrentTask.Binding binding = CurrentTask.bind(task);
      task.begin();
      long began = System.nanoTime();
      try {
        Outcome outcome = NotDone.unlessSucceeded(task, handler.run(task));
        if (transaction.getRollbackOnly()) {
          throw new IllegalStateException(
              "The handler marked its transaction for rollback and said it had succeeded");
        }
        if (task.stopReason() == StopReason.TIMED_OUT) {
          // As in the long lane, where the job is stopped: too late is too late.
          throw new IllegalStateException("The handler passed its time limit and went on");
        }
        task.outcome(outcome);
        return task;
      } catch (Throwable failure) {
        Outcome away = outage.explains(failure, began) ? claim.struck(task, failure) : null;
        task.failed(failure, claim.isAlone(), away);
        throw new HandlerFailed(failure);
      } finally {
        pace.took(claim.type.name(), System.nanoTime() - began);
        task.end();
        binding.close();
      }
    }
  }

  /** Settles the chunk in one statement. */
  @Named("longshoreQuickWriter")
  @Dependent
  public static class Writer extends AbstractItemWriter {
    @Inject private Settle settle;
    @Inject private RunTask runTask;

    @Override
    public void writeItems(List<Object> items) throws HandlerFailed {
      List<Settled> settled = new ArrayList<>(items.size());
      for (Object item : items) {
        RunningTask task = (RunningTask) item;
        task.settledInChunk(true);
        settled.add(new Settled(runTask.attempted(task), task.outcome()));
      }
      QuickClaim claim = QuickClaim.current();
      try {
        if (settle.settle(settled).size() < settled.size()) {
          throw new ClaimLost(claim.id);
        }
      } catch (DatabaseException e) {
        RunningTask last = (RunningTask) items.get(items.size() - 1);
        if (e.isTransactionAborted() || e.isConstraintViolation()) {
          // A handler has swallowed an error of PostgreSQL's, which ends the transaction for all,
          // or has broken a deferred constraint.
          last.failed(e, claim.isAlone(), null);
        } else if (e.isBadData() && !last.failedAlone()) {
          last.unstorable(settled.get(settled.size() - 1).unstorable(e).outcome(), claim.isAlone());
        } else {
          throw e;
        }
        throw new HandlerFailed(e);
      }
    }
  }

  /** Ends a chunk when it is full or its time is up; the end of the input ends the last one. */
  @Named("longshoreQuickCheckpoint")
  @Dependent
  public static class Checkpoint extends AbstractCheckpointAlgorithm {
    @Inject private Pace pace;

    @Override
    public void beginCheckpoint() {
      QuickClaim.current().beginChunk();
    }

    @Override
    public boolean isReadyToCheckpoint() {
      QuickClaim claim = QuickClaim.current();
      return !claim.isLastChunk()
          && (claim.isSuspicious()
              || pace.isChunkFull(claim.type.name(), claim.chunkSize(), claim.chunkNanos()));
    }

    @Override
    public void endCheckpoint() {
      QuickClaim.current().committed();
    }
  }
}
