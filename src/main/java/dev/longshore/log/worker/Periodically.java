package dev.longshore.log.worker;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Calls the method again and again, between messages: never while a handler of the worker runs, on
 * any node. It may take the {@link WorkerContext} and the worker's state, and answers like a
 * handler. A run that fails is rolled back, logged, and not repeated before its next time.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Periodically {

  /** From one run to the next, as an ISO 8601 duration such as {@code PT1M}. */
  String every();

  /** The share of that time by which a run may come sooner or later, 0 to 0.5. */
  double jitter() default 0.1;

  /** How long a run may take, as an ISO 8601 duration. */
  String timeLimit() default "PT30S";
}
