package dev.longshore.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.log.Message;
import dev.longshore.log.MessageLog;
import dev.longshore.log.worker.EventWorker;
import dev.longshore.log.worker.OnMessage;
import dev.longshore.log.worker.Periodically;
import dev.longshore.log.worker.ServiceDown;
import dev.longshore.log.worker.SetAside;
import dev.longshore.log.worker.WhenDown;
import dev.longshore.log.worker.WhenExhausted;
import dev.longshore.log.worker.WorkerContext;
import dev.longshore.problem.InvalidInput;
import dev.longshore.task.NewTask;
import dev.longshore.task.Submit;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.inject.Vetoed;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/** The kit does with a worker what the platform would: order, attempts, state, time. */
class TestWorkerTest {

  private static final JsonObject NOTHING = JsonObject.EMPTY_JSON_OBJECT;

  /** Made by the kit, since no test gives one. */
  @Vetoed
  static class Notes {
    final List<String> taken = new ArrayList<>();
    @Inject private Clock clock;

    void take(String note) {
      taken.add(clock.instant() + " " + note);
    }
  }

  public static class Count {
    public int calls;
    public boolean sawReplay;
  }

  @Vetoed
  @EventWorker(
      name = "kit",
      description = "Does what it is told.",
      state = Count.class,
      attempts = 2,
      whenExhausted = WhenExhausted.HALT,
      whenDown = WhenDown.SKIP)
  static class Worker {

    private final Notes notes;
    private Callable<Void> inCall = () -> null;
    private boolean constructed;

    @Inject private MessageLog log;
    @Inject private Submit submit;

    @Inject
    @ConfigProperty(name = "kit.word", defaultValue = "word")
    private String word;

    @Inject
    @ConfigProperty(name = "kit.maybe")
    private Optional<Integer> maybe;

    @Inject
    Worker(Notes notes, TestWorkerTest test) {
      this.notes = notes;
      test.worker = this;
    }

    @PostConstruct
    void constructed() {
      constructed = true;
    }

    @OnMessage({"a", "b"})
    void on(Message message, Count count, WorkerContext context) throws Exception {
      count.calls++;
      count.sawReplay = context.isReplay();
      notes.take(message.name() + context.attempt());
      log.append("said", Json.createObjectBuilder().add("by", message.name()).build());
      submit.submit(NewTask.of("t", NOTHING).withUniqueKey("k"));
      inCall.call();
    }

    @OnMessage("said")
    void own(Count count) {
      notes.take("own");
    }

    @Periodically(every = "PT10S")
    void tick(Count count, WorkerContext context) {
      notes.take("tick");
      context.degraded("clock", context.now().toString());
    }
  }

  private Worker worker;
  private final TestWorker kit = TestWorker.of(Worker.class).with(this).start();

  @Test
  void itIsMadeAsABeanIs() {
    assertThat(worker.constructed).isTrue();
    assertThat(worker.word).isEqualTo("word");
    assertThat(worker.maybe).isEmpty();
    TestWorker.of(Worker.class)
        .with(this)
        .setting("kit.word", "other")
        .setting("kit.maybe", "3")
        .start();
    assertThat(worker.word).isEqualTo("other");
    assertThat(worker.maybe).contains(3);
  }

  @Test
  void itsOwnMessagesComeToItBehindThoseBeforeThem() {
    kit.given("a", NOTHING).given("nobody/reads", NOTHING);
    assertThat(notes()).containsExactly("a1", "own");
    assertThat(kit.appended()).extracting(Message::name).containsExactly("said");
    assertThat(kit.submitted()).extracting(NewTask::uniqueKey).containsExactly("k");
    kit.given("b", NOTHING);
    assertThat(kit.submitted()).hasSize(1); // its unique key stands already
    assertThat(kit.handled()).isEqualTo(4);
  }

  @Test
  void aFailedCallLeavesNothingBehindAndIsTriedAgainInItsOrder() {
    worker.inCall =
        () -> {
          throw new IllegalStateException("as asked for");
        };
    kit.given("a", NOTHING);
    kit.given("b", NOTHING);
    assertThat(kit.status()).isEqualTo(TestWorker.Status.WAITING);
    assertThat(kit.error()).contains("as asked for");
    assertThat(kit.appended()).isEmpty();
    assertThat(kit.submitted()).isEmpty();
    assertThat(kit.state(Count.class).calls).isZero();

    kit.advance(Duration.ofMillis(999));
    assertThat(notes()).containsExactly("a1");
    kit.advance(Duration.ofMillis(1));
    assertThat(kit.status()).isEqualTo(TestWorker.Status.HALTED); // two attempts
    kit.advance(Duration.ofSeconds(9));
    assertThat(notes()).containsExactly("a1", "a2", "tick");

    worker.inCall = () -> null;
    kit.resume();
    assertThat(kit.status()).isEqualTo(TestWorker.Status.RUNNING);
    assertThat(notes()).containsExactly("a1", "a2", "tick", "a3", "b1", "own", "own");
    assertThat(kit.state(Count.class).calls).isEqualTo(2);
  }

  @Test
  void anOutageUsesUpNoAttemptAndIsPassedOverIfTheWorkerSkips() {
    kit.failNext(new ServiceDown("away")).given("a", NOTHING);
    assertThat(kit.status()).isEqualTo(TestWorker.Status.RUNNING);
    assertThat(kit.handled()).isZero();
    assertThat(kit.degraded()).containsOnlyKeys("what a needs");
    kit.given("a", NOTHING);
    assertThat(kit.degraded()).isEmpty();

    TestWorker waits =
        TestWorker.of(Worker.class)
            .with(this)
            .setting("longshore.event-worker.kit.when-down", "wait")
            .start();
    waits.failNext(new ServiceDown("away")).given("a", NOTHING).advance(Duration.ofSeconds(1));
    assertThat(waits.handled()).isEqualTo(2);
    assertThat(notes()).contains("a1");
  }

  @Test
  void whatCannotHelpIsSetAsideAtOnce() {
    kit.failNext(new SetAside("never")).given("a", NOTHING).given("b", NOTHING);
    assertThat(kit.deadLetters())
        .containsExactly(new TestWorker.DeadLetter(kit.deadLetters().get(0).message(), "never", 1));
    assertThat(notes()).containsExactly("b1", "own");
  }

  @Test
  void aCallOutOfTimeIsInterruptedAndRolledBack() {
    List<Boolean> interrupted = new ArrayList<>();
    worker.inCall =
        () -> {
          interrupted.add(Thread.currentThread().isInterrupted());
          Thread.sleep(0); // throws when it is
          return null;
        };
    kit.timeOutNext().given("a", NOTHING);
    assertThat(interrupted).containsExactly(true);
    assertThat(kit.error())
        .isEqualTo("It took longer than its time limit of PT5S and was interrupted.");
    assertThat(kit.appended()).isEmpty();
    assertThat(kit.now()).isEqualTo(Instant.parse("2026-01-01T00:00:05Z"));
    assertThat(Thread.interrupted()).isFalse();
    kit.advance(Duration.ofSeconds(1));
    assertThat(interrupted).containsExactly(true, false);
  }

  @Test
  void oneThatReturnsAllTheSameCommits() {
    kit.timeOutNext().given("a", NOTHING);
    assertThat(kit.error()).isNull();
    assertThat(kit.state(Count.class).calls).isEqualTo(1);
    assertThat(notes()).containsExactly("a1", "own");
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void thePeriodicMethodRunsWhenItsTimeHasCome() {
    kit.advance(Duration.ofSeconds(35));
    assertThat(worker.notes.taken)
        .containsExactly(
            "2026-01-01T00:00:10Z tick", "2026-01-01T00:00:20Z tick", "2026-01-01T00:00:30Z tick");
    assertThat(kit.degraded()).containsEntry("clock", "2026-01-01T00:00:30Z");
    kit.failNext(new IllegalStateException("once")).advance(Duration.ofSeconds(5));
    assertThat(worker.notes.taken).hasSize(3);
    assertThat(kit.status()).isEqualTo(TestWorker.Status.RUNNING);
  }

  @Test
  void aReplayTellsTheHandlerAndMayBeginWithANewState() {
    kit.given("a", NOTHING);
    kit.replay(true);
    assertThat(kit.state(Count.class).calls).isEqualTo(1);
    assertThat(kit.state(Count.class).sawReplay).isTrue();
    kit.given("a", NOTHING);
    assertThat(kit.state(Count.class).sawReplay).isFalse();
  }

  @Test
  void whatATestForgetsIsSaid() {
    assertThatThrownBy(() -> TestWorker.of(Asks.class).start())
        .hasMessageContaining("Asks.asked needs a java.lang.Runnable")
        .hasMessageContaining("add .with(…)");
    assertThatThrownBy(() -> TestWorker.of(Asks.class).with((Runnable) () -> {}).start())
        .hasMessageContaining("needs the setting kit.needed");
    assertThatThrownBy(() -> TestWorker.of(Notes.class).start())
        .hasMessageContaining("has no @EventWorker");
    assertThatThrownBy(() -> kit.given("no path/", NOTHING)).isInstanceOf(InvalidInput.class);
  }

  @Test
  void anAssertionOfTheTestComesThrough() {
    worker.inCall =
        () -> {
          throw new AssertionError("the test's own");
        };
    assertThatThrownBy(() -> kit.given("a", NOTHING)).hasMessage("the test's own");
  }

  @Vetoed
  @EventWorker(name = "asks", description = "Needs something.")
  static class Asks {
    @Inject private Runnable asked;

    @Inject
    @ConfigProperty(name = "kit.needed")
    private int needed;

    @OnMessage("a")
    void on() {
      asked.run();
    }
  }

  /** Without their times. */
  private List<String> notes() {
    return worker.notes.taken.stream().map(note -> note.replaceAll(".* ", "")).toList();
  }
}
