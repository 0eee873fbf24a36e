package dev.longshore.test;

import dev.longshore.engine.settle.Settlement;
import dev.longshore.log.Message;
import dev.longshore.problem.InvalidInput;
import dev.longshore.task.CurrentTask;
import dev.longshore.task.HandlerClasses;
import dev.longshore.task.Lane;
import dev.longshore.task.NewTask;
import dev.longshore.task.Outcome;
import dev.longshore.task.TaskHandler;
import dev.longshore.task.TaskState;
import dev.longshore.task.TaskType;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A task handler under test: tasks are submitted to it and run at once, time is moved by hand, and
 * what became of each task is asked for.
 *
 * <p>The platform's own code reads the declaration, binds and validates payloads, makes results,
 * and decides what follows from an outcome. Waits have no jitter. In the quick lane an attempt that
 * does not succeed leaves neither messages nor tasks behind; what a fake has noted it keeps. An
 * {@link AssertionError} is the test's and comes through.
 */
public final class TestHandler {

  /** Makes the middle of every range. */
  private static final RandomGenerator NO_JITTER = () -> Long.MIN_VALUE;

  /** Nodes are not lost here. */
  private static final int LOSSES = 0;

  private final TestServices services;
  private final TaskHandler handler;
  private final TaskType type;
  private final List<TestTask> tasks = new ArrayList<>();
  private final Faults faults = new Faults();

  private TestHandler(Class<?> declaring, TestServices services) {
    this.services = services;
    Object target = services.make(declaring);
    this.handler =
        target instanceof TaskHandler itself
            ? itself
            : HandlerClasses.handler(declaring, target, services.payloads());
    this.type = handler.type();
  }

  /**
   * A handler to be made of a class with {@code @Handler}, or one that is a {@link TaskHandler};
   * {@link Setup#start} makes it.
   */
  public static Setup of(Class<?> type) {
    return new Setup(type);
  }

  /** What a handler is made with. */
  public static final class Setup {

    private final Class<?> type;
    private final TestServices services = new TestServices();

    private Setup(Class<?> type) {
      this.type = type;
    }

    /** What it has injected, by type: fakes, mostly. The log and {@code Submit} are there. */
    public Setup with(Object... collaborators) {
      services.with(collaborators);
      return this;
    }

    /** A setting of the class's own. */
    public Setup setting(String name, String value) {
      services.setting(name, value);
      return this;
    }

    /**
     * @throws IllegalStateException when its declaration is wrong, or something that it has
     *     injected is not there
     */
    public TestHandler start() {
      return new TestHandler(type, services);
    }
  }

  /** The type with its policy, as it is declared. */
  public TaskType type() {
    return type;
  }

  /**
   * Submits a task as REST and {@code Submit} do, and runs it.
   *
   * @param payload JSON, or what JSON-B makes a JSON object of
   * @throws InvalidInput when the payload does not fit: nothing is submitted then
   */
  public TestTask submit(Object payload) {
    JsonObject json = services.payloads().write(payload).orElseThrow();
    handler.check(json);
    return submitUnseen(json);
  }

  /** Submits a task as SQL does, without a look at its payload, and runs it. */
  public TestTask submitUnseen(JsonObject payload) {
    TestTask task = new TestTask(tasks.size() + 1L, payload, services.payloads(), now());
    tasks.add(task);
    attempt(task);
    return task;
  }

  /** Lets time pass: runs pending tasks when their time has come. */
  public TestHandler advance(Duration by) {
    Instant until = now().plus(by);
    for (Optional<TestTask> next = next(until); next.isPresent(); next = next(until)) {
      if (next.get().runAt().isAfter(now())) {
        services.clock().set(next.get().runAt());
      }
      attempt(next.get());
    }
    if (until.isAfter(now())) {
      services.clock().set(until);
    }
    return this;
  }

  /** The next attempt throws this before it comes to the handler; called again, the one after. */
  public TestHandler failNext(RuntimeException failure) {
    faults.failure(failure);
    return this;
  }

  /**
   * The next attempt passes its time limit: it is interrupted, does what it does, and counts as
   * timed out. {@link Outage#hang} has that happen in the middle of it.
   */
  public TestHandler timeOutNext() {
    faults.timeOut();
    return this;
  }

  /** The next attempt is cancelled while it runs: it is interrupted, and ends as it likes. */
  public TestHandler cancelNext() {
    faults.cancellation();
    return this;
  }

  /** What the handler has appended to the log, in order. */
  public List<Message> appended() {
    return services.log().since(0);
  }

  /** The tasks that it has submitted itself, in order. */
  public List<NewTask> submitted() {
    return services.submit().all();
  }

  /** The time. It begins at 2026-01-01T00:00:00Z. */
  public Instant now() {
    return services.clock().instant();
  }

  private Optional<TestTask> next(Instant until) {
    return tasks.stream()
        .filter(t -> t.state() == TaskState.PENDING && !t.runAt().isAfter(until))
        .min(Comparator.comparing(TestTask::runAt));
  }

  private void attempt(TestTask task) {
    int messages = services.log().size();
    int submitted = services.submit().size();
    Outcome outcome = run(new TaskCall(task, type, services.clock()));
    if (type.lane() == Lane.QUICK && !(outcome instanceof Outcome.Succeeded)) {
      services.log().rollBackTo(messages);
      services.submit().rollBackTo(submitted);
    }
    task.settle(outcome, settlement(outcome, task, type), now());
  }

  private Outcome run(TaskCall call) {
    Faults.Fault fault = faults.next();
    CurrentTask.Binding binding = CurrentTask.bind(call);
    call.begin();
    try {
      fault.strike(call);
      Outcome outcome = handler.run(call);
      return fault == Faults.TIME_OUT
          ? timedOut(type)
          : outcome == null ? Outcome.succeeded() : outcome;
    } catch (AssertionError e) {
      throw e;
    } catch (Throwable failure) {
      return failed(call, failure);
    } finally {
      call.end();
      binding.close();
    }
  }

  /** What follows, as the platform decides. */
  static Settlement settlement(Outcome outcome, TestTask task, TaskType type) {
    return Settlement.of(
        outcome,
        task.attempts() + 1,
        type.maxAttempts(),
        LOSSES,
        Integer.MAX_VALUE,
        type.backoff(),
        NO_JITTER);
  }

  /** What an attempt came to that ended with an exception. */
  static Outcome failed(TaskCall call, Throwable failure) {
    if (call.isOutOfTime()) {
      return timedOut(call.type());
    }
    return call.isStopRequested()
        ? new Outcome.Cancelled("Cancelled while it ran")
        : Outcome.retry(failure.toString());
  }

  private static Outcome timedOut(TaskType type) {
    return new Outcome.TimedOut(
        "Passed its time limit of " + type.timeLimit().map(Duration::toString).orElse("(none)"));
  }
}
