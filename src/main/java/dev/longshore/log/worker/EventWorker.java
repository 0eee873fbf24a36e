package dev.longshore.log.worker;

import jakarta.enterprise.inject.Stereotype;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares an event worker: a class whose {@link OnMessage} methods are called for the messages of
 * the log that they name, one after the other in the log's order, on one node at a time. The
 * annotation makes the class a CDI bean by itself.
 *
 * <p>What a handler writes to the database, appends to the log and submits as tasks commits
 * together with the worker's state and position, or not at all. A handler that throws is called
 * again after 1, 2, 4 and so on up to 30 seconds; later messages wait for it.
 *
 * <p>Every member but name, description and state can be set anew without a build, by MicroProfile
 * Config as {@code longshore.event-worker.NAME.SETTING}: {@code start}, {@code attempts}, {@code
 * when-exhausted}, {@code when-down}, {@code time-limit}, {@code max-lag}, {@code chunk}, and of
 * the periodic method {@code every}, {@code jitter} and {@code periodic-time-limit}. A declaration
 * or a setting that is wrong stops the start.
 */
@Stereotype
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface EventWorker {

  /** Lower-case words joined by dots, dashes or underscores; its position is kept under it. */
  String name();

  /** What it is for, in a sentence. */
  String description();

  /**
   * Its state: a class or record that JSON-B writes and reads, kept with its position. Handlers
   * that have a parameter of that class get it and may change it; one that answers with it replaces
   * it. The first state is what JSON-B makes of <code>{}</code>.
   */
  Class<?> state() default Void.class;

  /**
   * Where it begins when it is new: {@code beginning} of the log, {@code now}, or the id of the
   * first message to read.
   */
  String start() default "beginning";

  /** How often a message is tried, 1 or more. */
  int attempts() default 5;

  /** What becomes of a message whose attempts are used up, and of the worker. */
  WhenExhausted whenExhausted() default WhenExhausted.SET_ASIDE;

  /** What to do about a message that needs a service that is down. */
  WhenDown whenDown() default WhenDown.WAIT;

  /** How long one call of a handler may take, as an ISO 8601 duration. */
  String timeLimit() default "PT5S";

  /** How far it may be behind, in time, before it counts as degraded: an ISO 8601 duration. */
  String maxLag() default "PT1M";

  /** How many messages may share a transaction, 1 or more; few messages share one anyway. */
  int chunk() default 500;
}
