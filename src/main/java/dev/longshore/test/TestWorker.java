package dev.longshore.test;

import dev.longshore.log.Message;
import dev.longshore.log.worker.SetAside;
import dev.longshore.log.worker.Verdict;
import dev.longshore.log.worker.WorkerDeclaration;
import dev.longshore.log.worker.WorkerPolicy;
import dev.longshore.task.NewTask;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An event worker under test, on a log in memory: messages are given to it, time is moved by hand,
 * and what it made of both is asked for. Messages that it appends itself come to it as well, as
 * they would.
 *
 * <p>The platform's own code reads the declaration, binds and validates payloads, keeps the state
 * as JSON from call to call, and decides what follows from a failure. A call that fails leaves
 * neither state nor messages nor tasks behind; what a fake has noted it keeps. An {@link
 * AssertionError} is the test's and comes through.
 */
public final class TestWorker {

  /** Whether messages are being handled. */
  public enum Status {
    RUNNING,
    /** A message failed, or a service is down: the next try comes with time. */
    WAITING,
    /** The worker stays in front of the message until {@link #resume}. */
    HALTED
  }

  /**
   * A message that was set aside.
   *
   * @param attempts how often it was tried
   */
  public record DeadLetter(Message message, String error, int attempts) {}

  private final TestServices services;
  private final WorkerDeclaration declaration;
  private final Object target;

  private final List<Message> appended = new ArrayList<>();
  private final List<DeadLetter> deadLetters = new ArrayList<>();
  private final Map<String, String> degraded = new TreeMap<>();
  private final Faults faults = new Faults();

  private JsonObject state;
  private int position;
  private int replayUntil;
  private int handled;
  private int failed;
  private int outages;
  private String error;
  private Instant retryAt;
  private Instant periodicAt;
  private boolean halted;

  private TestWorker(Class<?> type, TestServices services) {
    this.services = services;
    this.declaration = WorkerDeclaration.of(type, services.config());
    this.target = services.make(type);
    this.state = declaration.writeState(readState(), services.payloads());
    if (declaration.isPeriodic()) {
      periodicAt = now().plus(policy().every());
    }
  }

  /** A worker to be made of a class; {@link Setup#start} makes it. */
  public static Setup of(Class<?> type) {
    return new Setup(type);
  }

  /** What a worker is made with. */
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

    /** A setting, of the class's own or {@code longshore.event-worker.NAME.*}. */
    public Setup setting(String name, String value) {
      services.setting(name, value);
      return this;
    }

    /**
     * @throws IllegalStateException when its declaration is wrong, or something that it has
     *     injected is not there
     */
    public TestWorker start() {
      return new TestWorker(type, services);
    }
  }

  // ---- Given

  /**
   * Appends a message, and has the worker handle what it can.
   *
   * @param payload JSON, or what JSON-B makes a JSON object of
   */
  public TestWorker given(String name, Object payload) {
    append(name, payload);
    run();
    return this;
  }

  /** Lets time pass: tries again what is due, runs the periodic method when its time has come. */
  public TestWorker advance(Duration by) {
    Instant until = now().plus(by);
    while (true) {
      boolean retries = retryAt != null && !halted;
      Instant next = periodicAt;
      if (retries && (next == null || retryAt.isBefore(next))) {
        next = retryAt;
      }
      if (next == null || next.isAfter(until)) {
        break;
      }
      if (next.isAfter(now())) {
        services.clock().set(next);
      }
      if (next.equals(periodicAt)) {
        runPeriodically();
      }
      run();
    }
    if (until.isAfter(now())) {
      services.clock().set(until);
    }
    return this;
  }

  /**
   * The next call throws this before it comes to the handler; called several times, those after.
   */
  public TestWorker failNext(RuntimeException failure) {
    faults.failure(failure);
    return this;
  }

  /**
   * The next call passes its time limit: it is interrupted before its first line. What it then
   * throws is a failure like any other; what returns all the same commits, as on the platform.
   * {@link Outage#hang} has that happen in the middle of it.
   */
  public TestWorker timeOutNext() {
    faults.timeOut();
    return this;
  }

  /** What an operator's resume does: a worker that halted or waits tries its message now. */
  public TestWorker resume() {
    halted = false;
    retryAt = null;
    run();
    return this;
  }

  /**
   * Sets the position back to the log's beginning: all messages come once more, as a replay.
   *
   * @param resetState whether the state begins anew
   */
  public TestWorker replay(boolean resetState) {
    replayUntil = position;
    position = 0;
    if (resetState) {
      state = null;
      state = declaration.writeState(readState(), services.payloads());
    }
    failed = 0;
    return resume();
  }

  // ---- Then

  /** The state as it is committed, bound anew: changes to it reach nobody. */
  public <T> T state(Class<T> type) {
    return type.cast(readState());
  }

  /** What the worker has appended, in order. */
  public List<Message> appended() {
    return List.copyOf(appended);
  }

  /** The payloads of what it has appended under a name. */
  public <T> List<T> appended(String name, Class<T> payload) {
    return appended.stream()
        .filter(m -> m.name().equals(name))
        .map(m -> payload.cast(services.payloads().read(m.payload(), payload)))
        .toList();
  }

  /** The tasks that it has submitted, in order. */
  public List<NewTask> submitted() {
    return services.submit().all();
  }

  public List<DeadLetter> deadLetters() {
    return List.copyOf(deadLetters);
  }

  /** How many messages it has handled without a failure; a replay counts again. */
  public int handled() {
    return handled;
  }

  public Status status() {
    return halted ? Status.HALTED : retryAt == null ? Status.RUNNING : Status.WAITING;
  }

  /** Of the last call that failed; {@code null} when none has. */
  public String error() {
    return error;
  }

  /** What it says is down, and why; services that it waits for among them. */
  public Map<String, String> degraded() {
    return Collections.unmodifiableMap(degraded);
  }

  /** The time that it goes by. It begins at 2026-01-01T00:00:00Z. */
  public Instant now() {
    return services.clock().instant();
  }

  // ---- The run

  private void run() {
    while (!halted && (retryAt == null || !retryAt.isAfter(now()))) {
      while (position < log().size()
          && !declaration.messages().contains(log().get(position).name())) {
        position++;
      }
      if (position == log().size()) {
        return;
      }
      handle(log().get(position));
    }
  }

  private void handle(Message message) {
    WorkerCall call =
        WorkerCall.handler(
            declaration.name(),
            services.clock(),
            policy(),
            position < replayUntil,
            failed + 1,
            degraded);
    String service = "what " + message.name() + " needs";
    Throwable failure =
        call(
            call, before -> declaration.handle(target, message, before, call, services.payloads()));
    if (failure == null) {
      handled++;
      outages = 0;
      degraded.remove(service);
      pass();
      return;
    }
    switch (Verdict.of(failure, failed + 1, policy())) {
      case TRY_AGAIN -> retryAt = now().plus(WorkerPolicy.backoff(++failed));
      case WAIT -> {
        degraded.put(service, error);
        retryAt = now().plus(WorkerPolicy.backoff(++outages));
      }
      case SKIP -> {
        degraded.put(service, error);
        pass();
      }
      case SET_ASIDE -> {
        deadLetters.add(new DeadLetter(message, error, failed + 1));
        pass();
      }
      case HALT -> {
        failed++;
        halted = true;
      }
    }
  }

  private void pass() {
    position++;
    failed = 0;
    retryAt = null;
  }

  private void runPeriodically() {
    WorkerCall call = WorkerCall.periodic(declaration.name(), services.clock(), policy(), degraded);
    call(call, before -> declaration.runPeriodically(target, before, call));
    periodicAt = now().plus(policy().every());
  }

  @FunctionalInterface
  private interface Method {
    Object call(Object state) throws Exception;
  }

  /**
   * Calls, and commits or rolls back.
   *
   * @return what it failed of; {@code null} when it went well
   */
  private Throwable call(WorkerCall call, Method method) {
    int messages = log().size();
    int tasks = services.submit().size();
    call.begin();
    try {
      faults.next().strike(call);
      Object after = method.call(readState());
      state = declaration.writeState(after, services.payloads());
      appended.addAll(log().since(messages));
      return null;
    } catch (AssertionError e) {
      throw e;
    } catch (Throwable failure) {
      log().rollBackTo(messages);
      services.submit().rollBackTo(tasks);
      error =
          call.isOutOfTime()
              ? call.outOfTime()
              : failure instanceof SetAside ? failure.getMessage() : failure.toString();
      return failure;
    } finally {
      call.end();
    }
  }

  private void append(String name, Object payload) {
    if (payload instanceof JsonObject json) {
      log().append(name, json);
    } else {
      log().append(name, payload);
    }
  }

  private Object readState() {
    return declaration.readState(state, services.payloads());
  }

  private TestLog log() {
    return services.log();
  }

  private WorkerPolicy policy() {
    return declaration.policy();
  }
}
