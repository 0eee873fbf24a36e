package dev.longshore.log.worker;

import dev.longshore.engine.batch.ClaimLost;
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
import java.util.List;

/**
 * The chunk step of {@code event-worker.xml}: its items are messages, and its checkpoint is the
 * position in the log. The handlers' writes, the state and the position commit in the chunk's
 * transaction, together or not at all.
 *
 * <p>An item that fails has its chunk rolled back; its items are then run one at a time. Alone in
 * its chunk it is not called a third time: the chunk writes down what it came to.
 */
final class WorkerChunk {

  private WorkerChunk() {}

  /** Reads, and waits a little while there is nothing to read. */
  @Named("longshoreWorkerReader")
  @Dependent
  public static class Reader extends AbstractItemReader {
    @Inject private ReadMessages messages;
    private Burst burst;

    /** Where to begin says the worker's row: an operator may have moved it. */
    @Override
    public void open(Serializable checkpoint) {
      burst = Burst.current();
      burst.rewind();
    }

    @Override
    public Object readItem() throws InterruptedException {
      return messages.next(burst);
    }

    /** Asked when the chunk is written, in its transaction: where the worker stands behind it. */
    @Override
    public Serializable checkpointInfo() {
      return burst.positionAfterChunk();
    }
  }

  /** Calls the handler, unless the item has come to its outcome without it. */
  @Named("longshoreWorkerProcessor")
  @Dependent
  public static class Processor implements ItemProcessor {
    @Inject private CallHandler call;

    @Resource(lookup = "java:comp/TransactionSynchronizationRegistry")
    private TransactionSynchronizationRegistry transaction;

    @Override
    public Object processItem(Object read) throws HandlerFailed {
      Item item = (Item) read;
      Burst burst = Burst.current();
      burst.enter(item);
      if (item.isSettled()) {
        return item;
      }
      if (burst.isLost()) {
        throw new ClaimLost(burst.token());
      }
      call.call(burst, item, transaction::getRollbackOnly);
      return item;
    }
  }

  /** Writes state and position, and what has failed. */
  @Named("longshoreWorkerWriter")
  @Dependent
  public static class Writer extends AbstractItemWriter {
    @Inject private WriteChunk write;

    @Override
    public void writeItems(List<Object> items) throws HandlerFailed {
      write.write(Burst.current(), items.stream().map(Item.class::cast).toList());
    }
  }

  /** Ends a chunk when there is nothing more to read at once, or its time or size is up. */
  @Named("longshoreWorkerCheckpoint")
  @Dependent
  public static class Checkpoint extends AbstractCheckpointAlgorithm {

    /** What a chunk's transaction may take beside the calls, in seconds. */
    private static final int MARGIN = 60;

    @Inject private Committed committed;

    @Override
    public int checkpointTimeout() {
      WorkerPolicy policy = Burst.current().declaration().policy();
      long longest =
          Math.max(
              policy.timeLimit().toSeconds(),
              policy.periodicTimeLimit() == null ? 0 : policy.periodicTimeLimit().toSeconds());
      return (int) longest + MARGIN;
    }

    @Override
    public void beginCheckpoint() {
      Burst.current().beginChunk();
    }

    @Override
    public boolean isReadyToCheckpoint() {
      return Burst.current().isChunkFull();
    }

    @Override
    public void endCheckpoint() {
      committed.committed(Burst.current());
    }
  }
}
