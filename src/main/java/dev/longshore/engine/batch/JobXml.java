package dev.longshore.engine.batch;

import jakarta.batch.operations.JobStartException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jberet.creation.ArchiveXmlLoader;
import org.jberet.job.model.Chunk;
import org.jberet.job.model.Job;
import org.jberet.job.model.Properties;
import org.jberet.job.model.RefArtifact;
import org.jberet.job.model.Step;
import org.jberet.spi.PropertyKey;
import org.jberet.tools.MetaInfBatchJobsJobXmlResolver;

/** Parsed job XML. Parsing at every start would halve the rate of short jobs. */
@ApplicationScoped
class JobXml {

  private static final String LOCAL_TX = PropertyKey.LOCAL_TX;

  /** By the file's name, without its ending. */
  private final Map<String, Job> byFile = new ConcurrentHashMap<>();

  /** By the job's id. */
  private final Map<String, Job> byId = new ConcurrentHashMap<>();

  /**
   * The job that the file {@code META-INF/batch-jobs/NAME.xml} describes.
   *
   * @throws jakarta.batch.operations.JobStartException when there is no such file or it cannot be
   *     parsed
   */
  Job load(String name, ClassLoader loader) {
    String file = name.endsWith(".xml") ? name.substring(0, name.length() - 4) : name;
    return byFile.computeIfAbsent(file, f -> parse(f, loader));
  }

  private Job parse(String file, ClassLoader loader) {
    Job job =
        ArchiveXmlLoader.loadJobXml(
            file, loader, new ArrayList<>(), new MetaInfBatchJobsJobXmlResolver());
    remember(job);
    return job;
  }

  void remember(Job job) {
    refuseLocalTransactions(job.getId(), job.getProperties());
    for (Step step : StepModel.steps(job)) {
      refuseLocalTransactions(job.getId(), step.getProperties());
      replaceTimeLimit(step);
    }
    byId.put(job.getId(), job);
  }

  Job remembered(String jobId) {
    return byId.get(jobId);
  }

  void forget(String jobId) {
    byId.remove(jobId);
    byFile.values().removeIf(j -> j.getId().equals(jobId));
  }

  Set<String> names() {
    return new TreeSet<>(byId.keySet());
  }

  private static void refuseLocalTransactions(String job, Properties properties) {
    if (properties != null) {
      refuseLocalTransactions(job, Properties.toJavaUtilProperties(properties));
    }
  }

  /**
   * JBeret can run chunks in transactions that are none, by a property or a job parameter.
   *
   * @throws JobStartException when these ask for it
   */
  static void refuseLocalTransactions(String job, java.util.Properties properties) {
    if (properties != null && "true".equalsIgnoreCase(properties.getProperty(LOCAL_TX))) {
      throw new JobStartException(
          "Job "
              + job
              + " asks for "
              + LOCAL_TX
              + ", and was not started: its chunks and their checkpoints would not commit together."
              + " Leave that out.");
    }
  }

  /**
   * JBeret makes a timer, and with it a thread, for every chunk of a step with a time limit and
   * never ends it. Our algorithm does the same by looking at the clock.
   */
  static void replaceTimeLimit(Step step) {
    Chunk chunk = step.getChunk();
    if (chunk == null
        || chunk.getTimeLimit() == null
        || chunk.getTimeLimit().equals("0")
        || chunk.getCheckpointPolicy() != null && !chunk.getCheckpointPolicy().equals("item")) {
      return;
    }
    LinkedHashMap<String, String> values = new LinkedHashMap<>();
    values.put("itemCount", chunk.getItemCount() == null ? "10" : chunk.getItemCount());
    values.put("timeLimit", chunk.getTimeLimit());
    Properties properties = new Properties();
    properties.setNameValues(values);
    RefArtifact algorithm = new RefArtifact(CountAndTimeCheckpoint.NAME);
    algorithm.setProperties(properties);
    chunk.setCheckpointAlgorithm(algorithm);
    chunk.setCheckpointPolicy("custom");
  }
}
