package dev.longshore.task;

import jakarta.json.JsonObject;
import java.time.Duration;

/**
 * How an attempt ended: a value that a handler returns, or that the engine makes of an exception, a
 * time limit, a cancellation or a lost node. What follows from it is decided in {@code
 * engine.settle}.
 */
public sealed interface Outcome {

  /** Done, with what there is to tell ({@code null}: nothing). */
  record Succeeded(JsonObject result) implements Outcome {}

  /** Did not work this time. Pending again while attempts are left, failed after that. */
  record Retry(String error) implements Outcome {}

  /** Will never work: failed at once, whatever attempts are left. */
  record Failed(String error) implements Outcome {}

  /** Stopped because somebody asked for it. */
  record Cancelled(String reason) implements Outcome {}

  /** Passed its time limit. Treated as a retry, told apart in the history. */
  record TimedOut(String error) implements Outcome {}

  /** Not now: pending again after the delay; the attempt does not count. */
  record Snoozed(Duration delay) implements Outcome {}

  /**
   * PostgreSQL went away while it was at work. Not now, as when snoozed; but the task that this
   * happens to again and again is taken for the cause.
   *
   * @param inARow how many attempts in a row have ended so, this one among them
   */
  record Outage(String reason, int inARow) implements Outcome {}

  /** Given back unfinished by a node that stops; the attempt does not count. */
  record HandedBack(String reason) implements Outcome {}

  /**
   * Its node is gone. Treated as a retry without waiting.
   *
   * @param begun whether it may have been what took the node down
   */
  record Lost(String reason, boolean begun) implements Outcome {
    public Lost(String reason) {
      this(reason, true);
    }
  }

  static Outcome succeeded() {
    return new Succeeded(null);
  }

  static Outcome succeeded(JsonObject result) {
    return new Succeeded(result);
  }

  static Outcome retry(String error) {
    return new Retry(error);
  }

  static Outcome failed(String error) {
    return new Failed(error);
  }

  static Outcome snoozed(Duration delay) {
    return new Snoozed(delay);
  }

  /** The word the history keeps for it. */
  default String label() {
    if (this instanceof Succeeded) {
      return "succeeded";
    } else if (this instanceof Retry) {
      return "retry";
    } else if (this instanceof Failed) {
      return "failed";
    } else if (this instanceof Cancelled) {
      return "cancelled";
    } else if (this instanceof TimedOut) {
      return "timed out";
    } else if (this instanceof Snoozed) {
      return "snoozed";
    } else if (this instanceof Outage) {
      return "outage";
    } else if (this instanceof HandedBack) {
      return "handed back";
    }
    return "lost";
  }

  /** What went wrong, in a line or with its trace; {@code null} when nothing did. */
  default String error() {
    if (this instanceof Retry r) {
      return r.error();
    } else if (this instanceof Failed f) {
      return f.error();
    } else if (this instanceof TimedOut t) {
      return t.error();
    } else if (this instanceof Lost l) {
      return l.reason();
    } else if (this instanceof Cancelled c) {
      return c.reason();
    } else if (this instanceof Outage o) {
      return o.reason();
    } else if (this instanceof HandedBack h) {
      return h.reason();
    }
    return null;
  }
}
