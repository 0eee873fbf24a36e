package dev.longshore.workload.diagnostic;

import dev.longshore.db.Sql;
import dev.longshore.task.TaskContext;
import jakarta.batch.api.chunk.AbstractItemReader;
import jakarta.batch.api.chunk.AbstractItemWriter;
import jakarta.batch.api.chunk.ItemProcessor;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import jakarta.transaction.Transactional;
import java.io.Serializable;
import java.util.List;

/** The last step: items of a given length, each a row that commits with its chunk. */
final class StepsChunk {

  private StepsChunk() {}

  /** Numbers from 1; its checkpoint is the last one read. */
  @Named("diagnosticReader")
  @Dependent
  public static class Reader extends AbstractItemReader {
    @Inject private TaskContext task;
    private int items;
    private int read;

    @Override
    public void open(Serializable checkpoint) throws Exception {
      items = StepsPayload.of(task.payload()).items();
      read = checkpoint == null ? 0 : (Integer) checkpoint;
    }

    @Override
    public Object readItem() {
      return read < items ? ++read : null;
    }

    @Override
    public Serializable checkpointInfo() {
      return read;
    }
  }

  /** Takes the time that an item takes, and throws where it is asked to. */
  @Named("diagnosticProcessor")
  @Dependent
  public static class Processor implements ItemProcessor {
    @Inject private TaskContext task;
    @Inject private Faults faults;

    @Override
    public Object processItem(Object item) throws Exception {
      StepsPayload payload = StepsPayload.of(task.payload());
      int number = (Integer) item;
      if (payload.millis() > 0) {
        Thread.sleep(payload.millis());
      }
      if (number == payload.failAt() && faults.isFirst(task, number)) {
        throw new IllegalStateException("Item " + number + " failed once, as it was asked to.");
      }
      return item;
    }
  }

  /** Writes the rows of a chunk. */
  @Named("diagnosticWriter")
  @Dependent
  public static class Writer extends AbstractItemWriter {
    @Inject private TaskContext task;
    @Inject private EffectItems effects;

    @Override
    public void writeItems(List<Object> items) throws Exception {
      effects.insert(task, items);
      StepsPayload payload = StepsPayload.of(task.payload());
      task.progress(
          "step " + payload.steps() + " of " + payload.steps(),
          (Integer) items.get(items.size() - 1),
          payload.items());
    }
  }

  /** Remembers, past the chunk that rolls back and past the attempt, that an item has thrown. */
  @ApplicationScoped
  static class Faults {
    @Inject private Sql sql;

    @Transactional(Transactional.TxType.REQUIRES_NEW)
    boolean isFirst(TaskContext task, int item) {
      return sql.update(
              """
              insert into longshore.effect_fault (task_id, item, attempt) values (?, ?, ?)
              on conflict do nothing
              """,
              task.id(),
              item,
              task.attempt())
          == 1;
    }
  }
}
