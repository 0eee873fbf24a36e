package dev.longshore.engine.batch;

import dev.longshore.task.CurrentTask;
import dev.longshore.task.TaskContext;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.TransactionManager;
import java.util.Properties;
import org.jberet.creation.ArtifactCreationContext;
import org.jberet.repository.JobRepository;
import org.jberet.runtime.runner.JobExecutionRunner;
import org.jberet.spi.ArtifactFactory;
import org.jberet.spi.BatchEnvironment;
import org.jberet.spi.JobTask;
import org.jberet.spi.JobXmlResolver;
import org.jberet.tools.MetaInfBatchJobsJobXmlResolver;

/** What the server lends to the job engine: beans, transactions, threads. */
@ApplicationScoped
class LibertyEnvironment implements BatchEnvironment {

  static final String APPLICATION = "longshore";

  @Inject CdiArtifacts artifacts;
  @Inject Repository repository;
  @Inject Transactions transactions;
  @Inject PartThreads parts;

  @Resource(lookup = "concurrent/batch")
  ManagedExecutorService executor;

  private final JobXmlResolver jobXmlResolver = new MetaInfBatchJobsJobXmlResolver();
  private ClassLoader loader;

  @PostConstruct
  void findClassLoader() {
    loader = new BatchXmlCache(Thread.currentThread().getContextClassLoader());
  }

  @Override
  public ClassLoader getClassLoader() {
    return loader;
  }

  @Override
  public ArtifactFactory getArtifactFactory() {
    return artifacts;
  }

  /** Flows and partitions go on with their job's task; a job started here is nobody's yet. */
  @Override
  public void submitTask(JobTask work) {
    TaskContext task = work instanceof JobExecutionRunner ? null : CurrentTask.get();
    if (task == null) {
      executor.execute(() -> run(work, null));
      return;
    }
    parts.submitted(task.claim());
    try {
      executor.execute(() -> runPart(work, task));
    } catch (RuntimeException e) {
      parts.ended(task.claim());
      throw e;
    }
  }

  private void runPart(JobTask work, TaskContext task) {
    parts.began(task.claim());
    try {
      run(work, task);
    } finally {
      parts.ended(task.claim());
    }
  }

  @SuppressWarnings("try") // the binding is there to be closed
  private void run(JobTask work, TaskContext task) {
    try (CurrentTask.Binding binding = CurrentTask.bind(task)) {
      work.run();
    } finally {
      parts.stopped();
      leaveThread();
    }
  }

  /** After a job, or a part of one, nothing of it stays on the thread. */
  void leaveThread() {
    ArtifactCreationContext.removeCurrentArtifactCreationContext();
    transactions.cleanThread();
  }

  @Override
  public TransactionManager getTransactionManager() {
    return transactions.manager();
  }

  @Override
  public JobRepository getJobRepository() {
    return repository;
  }

  @Override
  public JobXmlResolver getJobXmlResolver() {
    return jobXmlResolver;
  }

  @Override
  public Properties getBatchConfigurationProperties() {
    return new Properties();
  }

  @Override
  public String getApplicationName() {
    return APPLICATION;
  }
}
