package dev.longshore.log.worker;

/**
 * What happens to a message whose handler found a service down: it threw {@link ServiceDown} or the
 * {@code CircuitBreakerOpenException} of MicroProfile Fault Tolerance. The worker is degraded until
 * a handler succeeds again.
 */
public enum WhenDown {
  /** The worker waits and tries again, for as long as it takes; no attempt is used up. */
  WAIT,
  /** The message is passed over, with a warning in the log. */
  SKIP
}
