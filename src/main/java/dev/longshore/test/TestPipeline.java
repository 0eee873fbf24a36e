package dev.longshore.test;

import dev.longshore.task.CurrentTask;
import dev.longshore.task.Outcome;
import dev.longshore.task.Pipeline;
import dev.longshore.task.TaskState;
import dev.longshore.task.TaskType;
import jakarta.inject.Named;
import jakarta.json.JsonObject;
import java.util.HashMap;
import java.util.Map;

/**
 * A pipeline under test: its batch job is read from {@code META-INF/batch-jobs} and its steps run
 * one after the other on the test's thread, with artifacts that get what the test gives.
 *
 * <p>It knows jobs in a line: steps with {@code next}, batchlets, and chunks with an {@code
 * item-count}. A job with more than that (splits, decisions, partitions, listeners, skips) is for
 * {@link RealServers}. An attempt that fails is followed by another one with {@link #resume}, which
 * begins at the failed step and its last checkpoint, as the platform's does.
 */
public final class TestPipeline {

  private final TestServices services;
  private final TaskType type;
  private final LinearJob job;

  private TestPipeline(Setup setup) {
    this.services = setup.services;
    this.type = services.make(setup.pipeline).type();
    if (!type.pipeline()) {
      throw new IllegalStateException(
          setup.pipeline.getName()
              + " declares '"
              + type.name()
              + "' as the other kind: a Pipeline's type comes from TaskType.pipeline.");
    }
    this.job = LinearJob.read(type.name(), setup.pipeline, setup.artifacts);
  }

  /** A pipeline to be made of the class that declares it; {@link Setup#start} makes it. */
  public static Setup of(Class<? extends Pipeline> pipeline) {
    return new Setup(pipeline);
  }

  /** What a pipeline is made with. */
  public static final class Setup {

    private final Class<? extends Pipeline> pipeline;
    private final TestServices services = new TestServices();
    private final Map<String, Class<?>> artifacts = new HashMap<>();

    private Setup(Class<? extends Pipeline> pipeline) {
      this.pipeline = pipeline;
    }

    /** The classes that the job's {@code ref}s mean, by their {@code @Named}. */
    public Setup artifacts(Class<?>... classes) {
      for (Class<?> artifact : classes) {
        Named named = artifact.getAnnotation(Named.class);
        if (named == null) {
          throw new IllegalStateException(
              artifact.getName() + " has no @Named: the job cannot refer to it.");
        }
        artifacts.put(named.value(), artifact);
      }
      return this;
    }

    /** What the artifacts have injected, by type: fakes, mostly. */
    public Setup with(Object... collaborators) {
      services.with(collaborators);
      return this;
    }

    /** A setting of the artifacts' own. */
    public Setup setting(String name, String value) {
      services.setting(name, value);
      return this;
    }

    /**
     * @throws IllegalStateException when the job is missing, or refers to what is not there
     */
    public TestPipeline start() {
      return new TestPipeline(this);
    }
  }

  /** Submits a task and runs its first attempt. */
  public TestTask run(JsonObject payload) {
    TestTask task = new TestTask(1, payload, services.payloads(), services.clock().instant());
    job.forget();
    attempt(task);
    return task;
  }

  /**
   * Runs the next attempt of a task that is pending, at once.
   *
   * @throws IllegalStateException when it is not
   */
  public TestTask resume(TestTask task) {
    if (task.state() != TaskState.PENDING) {
      throw new IllegalStateException("The task is " + task.state().label() + " already.");
    }
    attempt(task);
    return task;
  }

  private void attempt(TestTask task) {
    TaskCall call = new TaskCall(task, type, services.clock());
    CurrentTask.Binding binding = CurrentTask.bind(call);
    call.begin();
    Outcome outcome;
    try {
      job.run(artifact -> services.make(artifact, call));
      outcome = Outcome.succeeded();
    } catch (AssertionError e) {
      throw e;
    } catch (Throwable failure) {
      outcome = TestHandler.failed(call, failure);
    } finally {
      call.end();
      binding.close();
    }
    task.settle(outcome, TestHandler.settlement(outcome, task, type), services.clock().instant());
  }
}
