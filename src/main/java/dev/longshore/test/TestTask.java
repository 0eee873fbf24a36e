package dev.longshore.test;

import dev.longshore.engine.settle.Settlement;
import dev.longshore.task.Outcome;
import dev.longshore.task.Payloads;
import dev.longshore.task.TaskState;
import jakarta.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A task that {@link TestHandler} runs, and what has become of it. */
public final class TestTask {

  /** What the handler has told of how far it was. */
  public record Progress(String step, long done, long total) {}

  private final long id;
  private final JsonObject payload;
  private final Payloads payloads;
  private final List<Progress> progress = new ArrayList<>();

  private TaskState state = TaskState.PENDING;
  private Outcome outcome;
  private int runs;
  private int attempts;
  private String error;
  private Instant runAt;

  TestTask(long id, JsonObject payload, Payloads payloads, Instant runAt) {
    this.id = id;
    this.payload = payload;
    this.payloads = payloads;
    this.runAt = runAt;
  }

  public long id() {
    return id;
  }

  public JsonObject payload() {
    return payload;
  }

  /** Pending while it waits for another attempt. */
  public TaskState state() {
    return state;
  }

  /** How the last attempt ended; {@code null} before the first. */
  public Outcome outcome() {
    return outcome;
  }

  /** How many attempts have counted; one that was snoozed has not. */
  public int attempts() {
    return attempts;
  }

  /** What it shows as its error; {@code null} for none. */
  public String error() {
    return error;
  }

  /** When the next attempt is due, while it is pending. */
  public Instant runAt() {
    return runAt;
  }

  /** All that was told; the platform writes down what was told last in a second. */
  public List<Progress> progress() {
    return List.copyOf(progress);
  }

  /** The result; {@code null} when there is none. */
  public JsonObject result() {
    return outcome instanceof Outcome.Succeeded succeeded ? succeeded.result() : null;
  }

  /** The same as the class that the handler answered with. */
  public <T> T result(Class<T> type) {
    return type.cast(payloads.read(result(), type));
  }

  int runs() {
    return runs;
  }

  void progressed(Progress how) {
    progress.add(how);
  }

  void settle(Outcome how, Settlement then, Instant now) {
    runs++;
    outcome = how;
    state = then.to();
    attempts += then.counts() ? 1 : 0;
    error = then.error();
    runAt = now.plus(then.delay());
  }
}
