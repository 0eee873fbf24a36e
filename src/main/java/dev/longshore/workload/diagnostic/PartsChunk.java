package dev.longshore.workload.diagnostic;

import dev.longshore.task.TaskContext;
import jakarta.batch.api.BatchProperty;
import jakarta.batch.api.chunk.AbstractItemReader;
import jakarta.batch.api.chunk.AbstractItemWriter;
import jakarta.batch.api.chunk.ItemProcessor;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.util.List;

/** The chunk that all steps and partitions of {@code parts.xml} are. */
final class PartsChunk {

  private PartsChunk() {}

  /** The numbers of its part: of m items each, part 0 has 1 to m, part 1 m + 1 to 2m. */
  @Named("diagnosticPartReader")
  @Dependent
  public static class Reader extends AbstractItemReader {
    @Inject private TaskContext task;

    @Inject
    @BatchProperty(name = "part")
    private int part;

    private int read;
    private int last;

    @Override
    public void open(Serializable checkpoint) throws Exception {
      int items = StepsPayload.of(task.payload()).items();
      read = checkpoint == null ? part * items : (Integer) checkpoint;
      last = (part + 1) * items;
    }

    @Override
    public Object readItem() {
      return read < last ? ++read : null;
    }

    @Override
    public Serializable checkpointInfo() {
      return read;
    }
  }

  /** Takes the time that an item of its part takes. */
  @Named("diagnosticPartProcessor")
  @Dependent
  public static class Processor implements ItemProcessor {
    @Inject private TaskContext task;

    @Override
    public Object processItem(Object item) throws Exception {
      StepsPayload payload = StepsPayload.of(task.payload());
      int part = ((Integer) item - 1) / payload.items();
      Thread.sleep((long) payload.millis() * (part + 1));
      return item;
    }
  }

  /** Writes the rows of a chunk. */
  @Named("diagnosticPartWriter")
  @Dependent
  public static class Writer extends AbstractItemWriter {
    @Inject private TaskContext task;
    @Inject private EffectItems effects;

    @Override
    public void writeItems(List<Object> items) {
      effects.insert(task, items);
    }
  }
}
