package dev.longshore.task;

import jakarta.enterprise.inject.Stereotype;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares a task type that one method of the class runs. The annotation makes the class a CDI bean
 * by itself; without a scope of its own there is one instance on each node, made at start-up and
 * called from many threads at once.
 *
 * <p>The method is the class's only one that is neither private nor static; those that CDI calls
 * (observers, initializers, producers, life-cycle callbacks) don't count. It takes, in any order
 * and both optional:
 *
 * <ul>
 *   <li>the payload: a class, a record or a {@code Map} that JSON-B binds and Bean Validation
 *       validates, or {@link jakarta.json.JsonObject} for the payload as it is;
 *   <li>the {@link TaskContext}.
 * </ul>
 *
 * <p>It answers with nothing ({@code void} or {@code null}: the task succeeded), an {@link
 * Outcome}, or an object that JSON-B turns into a JSON object: the task's result. An exception is
 * an {@link Outcome.Retry}.
 *
 * <p>A payload that does not bind or is not valid is refused when it is submitted. A task that came
 * by SQL is checked when it runs, and fails at once. A declaration that is wrong stops the start.
 *
 * @see TaskHandler for a type whose policy comes from settings or whose presence depends on them
 */
@Stereotype
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Handler {

  /** What submissions call the type: lower-case words joined by dots, dashes or underscores. */
  String name();

  /**
   * How its claims run. In the quick lane the method is called inside the transaction that settles
   * the task; in the long lane there is none around the call.
   */
  Lane lane() default Lane.QUICK;

  /** The queue of a task that names none. */
  String queue() default TaskType.DEFAULT_QUEUE;

  /** The priority of a task that names none, 0 to 9, 9 first. */
  int priority() default TaskType.DEFAULT_PRIORITY;

  /** How many runs a task gets that names no number, 1 or more. */
  int maxAttempts() default TaskType.DEFAULT_ATTEMPTS;

  /**
   * How long one attempt may take, as an ISO 8601 duration such as {@code PT30S}; empty: no limit.
   */
  String timeLimit() default "";

  /** The wait after the first attempt, as an ISO 8601 duration. */
  String backoff() default "PT1S";

  /** What each further attempt multiplies the wait by, 1 or more. */
  double backoffFactor() default 2;

  /** What no wait exceeds, as an ISO 8601 duration. */
  String backoffCap() default "PT5M";

  /** How many of its tasks may be under way at once, over all nodes; 0: no limit. */
  int limit() default 0;

  /**
   * How many of its tasks with the same key may be under way at once, over all nodes; 0: no limit.
   * With 1 keys are exclusive, and the tasks of each run in order.
   */
  int keyLimit() default 0;

  /** How many of its tasks may start in an interval, such as {@code 10/PT1M}; empty: no limit. */
  String rate() default "";

  /** How many of its tasks with the same key may start in an interval; empty: no limit. */
  String keyRate() default "";
}
