package dev.longshore.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.docs.Resize;
import dev.longshore.log.MessageLog;
import dev.longshore.problem.InvalidInput;
import dev.longshore.task.Handler;
import dev.longshore.task.Lane;
import dev.longshore.task.NewTask;
import dev.longshore.task.Outcome;
import dev.longshore.task.Pipeline;
import dev.longshore.task.Submit;
import dev.longshore.task.TaskContext;
import dev.longshore.task.TaskState;
import dev.longshore.task.TaskType;
import jakarta.enterprise.inject.Vetoed;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The kit does with tasks what the platform would: attempts, waits, outcomes, roll-back. */
class TestHandlerTest {

  private static final JsonObject NOTHING = JsonObject.EMPTY_JSON_OBJECT;

  /** Appends and submits, then ends as the test says. */
  @Vetoed
  @Handler(name = "quick", maxAttempts = 2, timeLimit = "PT10S")
  static class Quick {
    @Inject private MessageLog log;
    @Inject private Submit submit;
    @Inject private Supplier<Outcome> end;

    Outcome run(TaskContext task) {
      log.append("ran", NOTHING);
      submit.submit(List.of(NewTask.of("next", NOTHING)).iterator());
      return end.get();
    }
  }

  @Vetoed
  @Handler(name = "long", lane = Lane.LONG)
  static class Long {
    @Inject private MessageLog log;
    @Inject private Outage outage;

    void run(TaskContext task) {
      log.append("ran", NOTHING);
      outage.call(() -> null);
    }
  }

  private Outcome outcome = Outcome.succeeded();
  private final TestHandler quick =
      TestHandler.of(Quick.class).with((Supplier<Outcome>) () -> outcome).start();

  @Test
  void whatDidNotSucceedIsRolledBackInTheQuickLane() {
    outcome = Outcome.failed("never");
    assertThat(quick.submit(NOTHING).state()).isEqualTo(TaskState.FAILED);
    assertThat(quick.appended()).isEmpty();
    assertThat(quick.submitted()).isEmpty();
    outcome = Outcome.succeeded();
    assertThat(quick.submit(NOTHING).state()).isEqualTo(TaskState.SUCCEEDED);
    assertThat(quick.appended()).hasSize(1);
    assertThat(quick.submitted()).hasSize(1);
  }

  @Test
  void aSnoozeComesBackAndDoesNotCount() {
    outcome = Outcome.snoozed(Duration.ofHours(1));
    TestTask task = quick.submit(NOTHING);
    outcome = Outcome.succeeded();
    quick.advance(Duration.ofMinutes(59));
    assertThat(task.state()).isEqualTo(TaskState.PENDING);
    assertThat(task.attempts()).isZero();
    quick.advance(Duration.ofMinutes(1));
    assertThat(task.state()).isEqualTo(TaskState.SUCCEEDED);
    assertThat(task.attempts()).isEqualTo(1);
    assertThat(task.outcome()).isEqualTo(Outcome.succeeded());
  }

  @Test
  void aTimeOutIsToldApartAndACancellationEndsTheTask() {
    TestTask late = quick.timeOutNext().submit(NOTHING);
    assertThat(late.outcome()).isEqualTo(new Outcome.TimedOut("Passed its time limit of PT10S"));
    assertThat(late.error()).contains("time limit");

    Outage outage = new Outage("it");
    TestHandler longLane = TestHandler.of(Long.class).with(outage).start();
    outage.failOnce(new IllegalStateException("stopped"));
    TestTask cancelled = longLane.cancelNext().submit(NOTHING);
    assertThat(cancelled.state()).isEqualTo(TaskState.CANCELLED);
    assertThat(longLane.appended()).hasSize(1); // no transaction around it
  }

  @Test
  void anOutageIsAFailureThatIsTriedAgain() {
    Outage outage = new Outage("it");
    TestHandler longLane = TestHandler.of(Long.class).with(outage).start();
    outage.begin();
    TestTask task = longLane.submit(NOTHING);
    assertThat(task.error()).contains("it is down.");
    outage.end();
    longLane.advance(Duration.ofSeconds(1));
    assertThat(task.state()).isEqualTo(TaskState.SUCCEEDED);
    outage.hang();
    assertThatThrownBy(() -> outage.call(() -> 1)).hasMessageContaining("nothing that the test");
  }

  @Test
  void aTaskHandlerIsRunAsItIs() {
    TestHandler resize = TestHandler.of(Resize.class).setting("resize.limit", "PT1M").start();
    assertThat(resize.type().timeLimit()).contains(Duration.ofMinutes(1));
    assertThatThrownBy(() -> resize.submit(NOTHING)).isInstanceOf(InvalidInput.class);
    JsonObject payload = Json.createObjectBuilder().add("file", "/no/such/file").build();
    assertThat(resize.submit(payload).error()).isEqualTo("There is no file /no/such/file");
    assertThat(resize.submitUnseen(NOTHING).state()).isEqualTo(TaskState.PENDING);
  }

  /** Of {@code steps}, a pipeline of this build. */
  @Vetoed
  static class Lined implements Pipeline {
    @Override
    public TaskType type() {
      return TaskType.pipeline("kit-line");
    }
  }

  @Vetoed
  @Named("kitReader")
  static class Reader extends jakarta.batch.api.chunk.AbstractItemReader {
    private int read;

    @Override
    public void open(java.io.Serializable checkpoint) {
      read = checkpoint == null ? 0 : (Integer) checkpoint;
    }

    @Override
    public Object readItem() {
      return read < 5 ? ++read : null;
    }

    @Override
    public java.io.Serializable checkpointInfo() {
      return read;
    }
  }

  @Vetoed
  @Named("kitWriter")
  static class Writer extends jakarta.batch.api.chunk.AbstractItemWriter {
    @Inject private List<Object> written;
    @Inject private Outage outage;

    @Override
    public void writeItems(List<Object> items) {
      written.addAll(items);
      if (items.contains(3)) {
        outage.call(() -> null);
      }
    }
  }

  @Test
  void aPipelineGoesOnAtItsLastCheckpoint() {
    List<Object> written = new java.util.ArrayList<>();
    Outage outage = new Outage("it");
    TestPipeline pipeline =
        TestPipeline.of(Lined.class)
            .artifacts(Reader.class, Writer.class)
            .with(written, outage)
            .start();
    outage.failOnce(new IllegalStateException("once"));
    TestTask task = pipeline.run(NOTHING);
    assertThat(task.state()).isEqualTo(TaskState.PENDING);
    assertThat(pipeline.resume(task).state()).isEqualTo(TaskState.SUCCEEDED);
    assertThat(written).containsExactly(1, 2, 3, 4, 3, 4, 5);
    assertThatThrownBy(() -> pipeline.resume(task)).hasMessageContaining("succeeded already");
    assertThatThrownBy(() -> TestPipeline.of(Lined.class).artifacts(Reader.class).start())
        .hasMessageContaining("refers to 'kitWriter'");
    assertThatThrownBy(() -> TestPipeline.of(Lined.class).artifacts(Lined.class))
        .hasMessageContaining("has no @Named");
  }
}
