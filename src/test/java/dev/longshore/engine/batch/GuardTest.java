package dev.longshore.engine.batch;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.batch.api.chunk.AbstractItemReader;
import jakarta.batch.api.chunk.AbstractItemWriter;
import jakarta.batch.api.chunk.ItemProcessor;
import jakarta.batch.api.chunk.ItemReader;
import jakarta.batch.api.chunk.ItemWriter;
import jakarta.transaction.TransactionManager;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jberet.creation.ArtifactCreationContext;
import org.jberet.job.model.Job;
import org.jberet.job.model.JobBuilder;
import org.jberet.job.model.StepBuilder;
import org.jberet.operations.JobOperatorImpl;
import org.jberet.repository.InMemoryRepository;
import org.jberet.repository.JobRepository;
import org.jberet.runtime.JobExecutionImpl;
import org.jberet.runtime.context.StepContextImpl;
import org.jberet.spi.ArtifactFactory;
import org.jberet.spi.BatchEnvironment;
import org.jberet.spi.JobTask;
import org.jberet.spi.JobXmlResolver;
import org.jberet.tools.MetaInfBatchJobsJobXmlResolver;
import org.jberet.tx.LocalTransactionManager;
import org.junit.jupiter.api.Test;

/** JBeret alone, with and without the guard: item 6 of 20 is skipped, item 8 fails once. */
class GuardTest {

  private final List<Integer> written = new ArrayList<>();
  private boolean failed;

  @Test
  void without_the_guard_JBeret_loses_the_item_before_the_skipped_one() throws Exception {
    runJob(false);

    // The day this fails, JBeret has been repaired and the guard can go.
    assertThat(written).doesNotContain(5);
  }

  @Test
  void with_it_only_the_skipped_item_is_missing() throws Exception {
    runJob(true);

    assertThat(written)
        .containsExactlyElementsOf(IntStream.range(0, 20).filter(i -> i != 6).boxed().toList());
  }

  @SuppressWarnings("unchecked") // JobBuilder takes classes as generic varargs
  private void runJob(boolean guarded) throws Exception {
    Job job =
        new JobBuilder("guard")
            .step(
                new StepBuilder("chunk")
                    .reader("reader")
                    .processor("processor")
                    .writer("writer")
                    .itemCount(5)
                    .skippableExceptionsInclude(IllegalArgumentException.class)
                    .retryableExceptionsInclude(IllegalStateException.class)
                    .build())
            .build();
    JobOperatorImpl operator = new JobOperatorImpl(new Alone(guarded));
    long id = operator.start(job, new Properties());
    ((JobExecutionImpl) operator.getJobExecution(id)).awaitTermination(30, TimeUnit.SECONDS);
  }

  private Object artifact(String ref) {
    return switch (ref) {
      case "reader" -> new Reader();
      case "writer" -> new Writer();
      default -> (ItemProcessor) this::process;
    };
  }

  private Object process(Object item) {
    if (item.equals(6)) {
      throw new IllegalArgumentException("skip");
    }
    if (item.equals(8) && !failed) {
      failed = true;
      throw new IllegalStateException("retry");
    }
    return item;
  }

  private static final class Reader extends AbstractItemReader implements ItemReader {
    private int next;

    @Override
    public void open(Serializable checkpoint) {
      next = checkpoint == null ? 0 : (Integer) checkpoint;
    }

    @Override
    public Object readItem() {
      return next < 20 ? next++ : null;
    }

    @Override
    public Serializable checkpointInfo() {
      return next;
    }
  }

  private final class Writer extends AbstractItemWriter implements ItemWriter {
    @Override
    public void writeItems(List<Object> items) {
      items.forEach(i -> written.add((Integer) i));
    }
  }

  /** Enough of an environment: memory for a repository, this thread for a pool. */
  private final class Alone implements BatchEnvironment, ArtifactFactory {
    private final boolean guarded;
    private final JobRepository repository = new InMemoryRepository();

    Alone(boolean guarded) {
      this.guarded = guarded;
    }

    @Override
    public Object create(String ref, Class<?> type, ClassLoader loader) {
      StepContextImpl step =
          (StepContextImpl)
              ArtifactCreationContext.getCurrentArtifactCreationContext().getStepContext();
      return guarded ? Guard.around(artifact(ref), step.getStepExecution()) : artifact(ref);
    }

    @Override
    public void destroy(Object artifact) {}

    @Override
    public Class<?> getArtifactClass(String ref, ClassLoader loader) {
      return artifact(ref).getClass();
    }

    @Override
    public ClassLoader getClassLoader() {
      return getClass().getClassLoader();
    }

    @Override
    public ArtifactFactory getArtifactFactory() {
      return this;
    }

    @Override
    public void submitTask(JobTask task) {
      task.run();
    }

    @Override
    public TransactionManager getTransactionManager() {
      return LocalTransactionManager.getInstance();
    }

    @Override
    public JobRepository getJobRepository() {
      return repository;
    }

    @Override
    public JobXmlResolver getJobXmlResolver() {
      return new MetaInfBatchJobsJobXmlResolver();
    }

    @Override
    public Properties getBatchConfigurationProperties() {
      return new Properties();
    }

    @Override
    public String getApplicationName() {
      return "test";
    }
  }
}
