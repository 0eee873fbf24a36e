package dev.longshore.engine.batch;

import dev.longshore.task.CurrentTask;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.batch.api.AbstractBatchlet;
import jakarta.batch.api.BatchProperty;
import jakarta.batch.api.Decider;
import jakarta.batch.api.chunk.AbstractItemReader;
import jakarta.batch.api.chunk.AbstractItemWriter;
import jakarta.batch.api.chunk.ItemProcessor;
import jakarta.batch.api.chunk.listener.ChunkListener;
import jakarta.batch.api.chunk.listener.SkipProcessListener;
import jakarta.batch.api.listener.JobListener;
import jakarta.batch.api.listener.StepListener;
import jakarta.batch.api.partition.AbstractPartitionAnalyzer;
import jakarta.batch.api.partition.PartitionMapper;
import jakarta.batch.api.partition.PartitionPlan;
import jakarta.batch.api.partition.PartitionPlanImpl;
import jakarta.batch.runtime.StepExecution;
import jakarta.batch.runtime.context.JobContext;
import jakarta.batch.runtime.context.StepContext;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/** The artifacts of the test jobs. Their property {@code run} names the {@link Script}. */
final class Artifacts {

  private Artifacts() {}

  /** Reads the numbers from {@code from} to before {@code to}; its position is the next one. */
  @Named("numbers")
  @Dependent
  public static class Numbers extends AbstractItemReader {
    @Inject @BatchProperty int from;
    @Inject @BatchProperty int to;
    private int next;

    @Override
    public void open(Serializable checkpoint) {
      next = checkpoint == null ? from : (Integer) checkpoint;
    }

    @Override
    public Object readItem() {
      return next < to ? next++ : null;
    }

    @Override
    public Serializable checkpointInfo() {
      return next;
    }
  }

  /** Lets the script throw. */
  @Named("faults")
  @Dependent
  public static class Faults implements ItemProcessor {
    @Inject @BatchProperty String run;

    @Override
    public Object processItem(Object item) throws Exception {
      Script.of(run).onItem.accept((Integer) item);
      return item;
    }
  }

  /** Writes rows in the chunk's transaction. */
  @Named("rows")
  @Dependent
  public static class RowWriter extends AbstractItemWriter {
    @Inject @BatchProperty String run;
    @Inject JobContext job;
    @Inject Rows rows;

    @Override
    public void writeItems(List<Object> items) {
      for (Object item : items) {
        rows.add(run, job.getExecutionId(), (Integer) item);
      }
      Script.of(run).onWrite.accept(items.size());
    }

    @Override
    public Serializable checkpointInfo() {
      Script.of(run).onCheckpoint.run();
      return null;
    }
  }

  /** Runs the script's batchlet, or waits to be stopped when the script answers "wait". */
  @Named("scripted")
  @Dependent
  public static class Scripted extends AbstractBatchlet {
    @Inject @BatchProperty String run;
    @Inject StepContext step;
    private volatile boolean stopped;

    @Override
    public String process() throws Exception {
      Script script = Script.of(run);
      String name = step.getStepName();
      script.events.add(name);
      if (CurrentTask.get() != null) {
        script.events.add(name + " task " + CurrentTask.get().id());
      }
      String answer = script.onBatchlet.process(name);
      while ("wait".equals(answer) && !stopped) {
        Thread.sleep(5);
      }
      return answer;
    }

    @Override
    public void stop() {
      Script.of(run).events.add("stop");
      stopped = true;
    }
  }

  /** Tells what was injected, and its own life. */
  @Named("injected")
  @Dependent
  public static class Injected extends AbstractBatchlet {
    @Inject @BatchProperty String run;
    @Inject @BatchProperty int number;
    @Inject @BatchProperty String absent = "default";
    @Inject JobContext job;
    @Inject StepContext step;
    @Inject Rows applicationBean;

    @PostConstruct
    void begin() {
      Script.of(run).events.add("constructed");
    }

    @Override
    public String process() {
      Script.of(run)
          .events
          .add(
              String.join(
                  " ",
                  job.getJobName(),
                  step.getStepName(),
                  "" + number,
                  absent,
                  job.getProperties().getProperty("greeting"),
                  "" + applicationBean.of("nothing").size()));
      return "told";
    }

    @PreDestroy
    void end() {
      Script.of(run).events.add("destroyed");
    }
  }

  /** Fails or does nothing, and has no properties. */
  @Named("quiet")
  @Dependent
  public static class Quiet extends AbstractBatchlet {
    static volatile boolean fails;

    @Override
    public String process() {
      if (fails) {
        throw new UnsupportedOperationException("quietly");
      }
      return null;
    }
  }

  /** Is no bean: made by its class name. */
  public static class Plain extends AbstractBatchlet {
    @Inject @BatchProperty String run;
    @Inject StepContext step;

    @Override
    public String process() {
      Script.of(run).events.add("plain " + step.getStepName());
      return null;
    }
  }

  /** Four partitions of five numbers. */
  @Named("mapper")
  @Dependent
  public static class Mapper implements PartitionMapper {
    @Inject @BatchProperty String run;

    @Override
    public PartitionPlan mapPartitions() {
      Script.of(run).onMap.run();
      PartitionPlan plan = new PartitionPlanImpl();
      plan.setPartitions(4);
      plan.setThreads(2);
      Properties[] properties = new Properties[4];
      for (int i = 0; i < 4; i++) {
        properties[i] = new Properties();
        properties[i].setProperty("from", "" + i * 5);
        properties[i].setProperty("to", "" + (i + 1) * 5);
      }
      plan.setPartitionProperties(properties);
      return plan;
    }
  }

  /** Its being there makes JBeret open a transaction around the partitions' reports. */
  @Named("analyzer")
  @Dependent
  public static class Analyzer extends AbstractPartitionAnalyzer {}

  /** Answers with the exit statuses before it. */
  @Named("join")
  @Dependent
  public static class Join implements Decider {
    @Override
    public String decide(StepExecution[] steps) {
      return String.join("+", Stream.of(steps).map(StepExecution::getExitStatus).sorted().toList());
    }
  }

  /** Tells what it hears, and is a reader as well: one class may have many roles. */
  @Named("ears")
  @Dependent
  public static class Ears extends Numbers
      implements JobListener, StepListener, ChunkListener, SkipProcessListener {
    @Inject @BatchProperty String run;

    @Override
    public void beforeJob() {
      tell("beforeJob");
    }

    @Override
    public void afterJob() {
      tell("afterJob");
    }

    @Override
    public void beforeStep() {
      tell("beforeStep");
    }

    @Override
    public void afterStep() {
      tell("afterStep");
    }

    @Override
    public void beforeChunk() {
      tell("beforeChunk");
    }

    @Override
    public void onError(Exception e) {
      tell("onError");
    }

    @Override
    public void afterChunk() {
      tell("afterChunk");
    }

    @Override
    public void onSkipProcessItem(Object item, Exception e) {
      tell("skipped " + item);
    }

    private void tell(String event) {
      Script.of(run).events.add(event);
    }
  }
}
