package dev.longshore.log.worker;

import dev.longshore.log.Message;
import java.util.concurrent.TimeUnit;

/** One call of a worker's method: for a message, for a dead letter, or because it is time. */
final class Item {

  /** Why the method is called. */
  enum Kind {
    MESSAGE,
    DEAD_LETTER,
    PERIODIC
  }

  /** What it came to. */
  enum Outcome {
    DONE,
    /** To be tried again; nothing behind it is read before. */
    FAILED,
    /** A service is down: the same, without an attempt used up. */
    WAITING,
    SKIPPED,
    SET_ASIDE,
    HALTED
  }

  final Kind kind;

  /** {@code null} for a periodic run. */
  final Message message;

  /** 0 but for a dead letter. */
  final long deadLetter;

  /** From 1. */
  final int attempt;

  private Outcome outcome;
  private String error;
  private long nanos;

  Item(Kind kind, Message message, long deadLetter, int attempt) {
    this.kind = kind;
    this.message = message;
    this.deadLetter = deadLetter;
    this.attempt = attempt;
  }

  void done(long tookNanos) {
    outcome = Outcome.DONE;
    nanos = tookNanos;
  }

  /** What it failed of; when its chunk is run once more, it is not called again. */
  void failed(Outcome as, String why, long tookNanos) {
    outcome = as;
    error = (why == null ? "" : why).replace('\0', '\uFFFD'); // PostgreSQL keeps no U+0000
    nanos = tookNanos;
  }

  /** What it comes to when it has failed so. */
  Outcome outcomeOf(Throwable failure, WorkerPolicy policy) {
    if (kind != Kind.MESSAGE) {
      return Outcome.FAILED;
    }
    return switch (Verdict.of(failure, attempt, policy)) {
      case TRY_AGAIN -> Outcome.FAILED;
      case WAIT -> Outcome.WAITING;
      case SKIP -> Outcome.SKIPPED;
      case SET_ASIDE -> Outcome.SET_ASIDE;
      case HALT -> Outcome.HALTED;
    };
  }

  /** Whether it stands what it came to although its chunk is rolled back. */
  boolean isSettled() {
    return outcome != null && outcome != Outcome.DONE;
  }

  Outcome outcome() {
    return outcome;
  }

  /** The first line says what it was. */
  String error() {
    return error;
  }

  long nanos() {
    return nanos;
  }

  long millis() {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }

  /** What metrics and logs call it: the message's name. */
  String label() {
    return kind == Kind.PERIODIC ? "periodic" : message.name();
  }

  long messageId() {
    return message == null ? 0 : message.id();
  }
}
