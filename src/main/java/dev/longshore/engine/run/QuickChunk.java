package dev.longshore.engine.run;

import dev.longshore.engine.batch.ClaimLost;
import dev.longshore.engine.settle.SettleOnce;
import dev.longshore.task.CurrentTask;
import dev.longshore.task.Outcome;
import dev.longshore.task.TaskTypes;
import jakarta.batch.api.chunk.AbstractItemReader;
import jakarta.batch.api.chunk.AbstractItemWriter;
import jakarta.batch.api.chunk.ItemProcessor;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.util.List;

/**
 * The chunk of {@code longshore-quick.xml}: its items are tasks. The handler's writes and the
 * task's settlement commit in the chunk's transaction, together or not at all.
 */
final class QuickChunk {

  private QuickChunk() {}

  /** Reads the attempt of this thread, once. */
  @Named("longshoreQuickReader")
  @Dependent
  public static class Reader extends AbstractItemReader {
    private boolean read;

    @Override
    public void open(Serializable checkpoint) {
      read = false; // after a restart too: what had committed would have ended the task
    }

    @Override
    public Object readItem() {
      if (read) {
        return null;
      }
      read = true;
      return CurrentTask.get();
    }
  }

  /** Calls the handler. */
  @Named("longshoreQuickProcessor")
  @Dependent
  public static class Processor implements ItemProcessor {
    @Inject private TaskTypes types;

    @Override
    public Object processItem(Object item) throws Exception {
      RunningTask task = (RunningTask) item;
      Outcome outcome = types.handler(task.type()).orElseThrow().run(task);
      task.outcome(NotDone.unlessSucceeded(task, outcome));
      return task;
    }
  }

  /** Settles. */
  @Named("longshoreQuickWriter")
  @Dependent
  public static class Writer extends AbstractItemWriter {
    @Inject private SettleOnce settle;
    @Inject private RunTask runTask;

    @Override
    public void writeItems(List<Object> items) {
      for (Object item : items) {
        RunningTask task = (RunningTask) item;
        task.settledInChunk(true);
        if (!settle.settle(runTask.attempted(task), task.outcome(), 0)) {
          throw new ClaimLost(task.claim());
        }
      }
    }
  }
}
