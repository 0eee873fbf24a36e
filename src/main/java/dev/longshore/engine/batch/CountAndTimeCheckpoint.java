package dev.longshore.engine.batch;

import jakarta.batch.api.BatchProperty;
import jakarta.batch.api.chunk.AbstractCheckpointAlgorithm;
import jakarta.batch.runtime.context.StepContext;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.util.concurrent.TimeUnit;

/**
 * Ends a chunk after a number of items or a time, whichever comes first. A chunk's {@code
 * time-limit} in job XML is carried out by it; job XML may also name it as its {@code
 * checkpoint-algorithm}.
 *
 * <p>Properties: {@code itemCount}, 10 by default; {@code timeLimit} in seconds, 0 for none.
 */
@Named(CountAndTimeCheckpoint.NAME)
@Dependent
public class CountAndTimeCheckpoint extends AbstractCheckpointAlgorithm {

  static final String NAME = "longshore.countAndTime";

  /** The specification's property for the time-out of a chunk's transaction, and its default. */
  private static final String TIMEOUT = "jakarta.transaction.global.timeout";

  private static final String DEFAULT_TIMEOUT = "180";

  @Inject @BatchProperty String itemCount;
  @Inject @BatchProperty String timeLimit;
  @Inject StepContext step;

  private int items;
  private long began;

  @Override
  public void beginCheckpoint() {
    items = 0;
    began = System.nanoTime();
  }

  @Override
  public boolean isReadyToCheckpoint() {
    items++;
    long limit = number(timeLimit, 0);
    return items >= number(itemCount, 10)
        || limit > 0 && System.nanoTime() - began >= TimeUnit.SECONDS.toNanos(limit);
  }

  @Override
  public int checkpointTimeout() {
    return Integer.parseInt(step.getProperties().getProperty(TIMEOUT, DEFAULT_TIMEOUT));
  }

  private static long number(String property, long otherwise) {
    return property == null || property.isBlank() ? otherwise : Long.parseLong(property.trim());
  }
}
