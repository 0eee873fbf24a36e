package ${package};

import dev.longshore.task.TaskContext;
import jakarta.batch.api.AbstractBatchlet;
import jakarta.batch.api.chunk.AbstractItemReader;
import jakarta.batch.api.chunk.AbstractItemWriter;
import jakarta.batch.api.chunk.ItemProcessor;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.util.List;

/** The steps: a batchlet, and a chunk that goes on at its last checkpoint after a failure. */
final class ${class}Steps {

  private ${class}Steps() {}

  @Named("${bean}Check")
  @Dependent
  public static class Check extends AbstractBatchlet {
    @Inject private TaskContext task;

    @Override
    public String process() {
      if (task.payload().getInt("items", 0) < 0) {
        throw new IllegalArgumentException("items is below 0.");
      }
      return null;
    }
  }

  /** Numbers from 1; its checkpoint is the last one read. */
  @Named("${bean}Reader")
  @Dependent
  public static class Reader extends AbstractItemReader {
    @Inject private TaskContext task;
    private int read;

    @Override
    public void open(Serializable checkpoint) {
      read = checkpoint == null ? 0 : (Integer) checkpoint;
    }

    @Override
    public Object readItem() {
      return read < task.payload().getInt("items", 0) ? ++read : null;
    }

    @Override
    public Serializable checkpointInfo() {
      return read;
    }
  }

  @Named("${bean}Processor")
  @Dependent
  public static class Processor implements ItemProcessor {

    @Override
    public Object processItem(Object item) {
      return item;
    }
  }

  /** What it writes to jdbc/longshore commits with the checkpoint. */
  @Named("${bean}Writer")
  @Dependent
  public static class Writer extends AbstractItemWriter {
    @Inject private TaskContext task;

    @Override
    public void writeItems(List<Object> items) {
      Integer last = (Integer) items.get(items.size() - 1);
      task.progress("items", last, task.payload().getInt("items", 0));
    }
  }
}
