package dev.longshore.log.worker;

import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;

/**
 * What becomes of a message whose handler has failed. The platform and the test kit both ask it.
 */
public enum Verdict {
  /** Once more, after a wait. */
  TRY_AGAIN,
  /** Once more when the service is up again; no attempt is used up. */
  WAIT,
  /** Passed over, since a service is down. */
  SKIP,
  SET_ASIDE,
  /** The worker stays in front of it. */
  HALT;

  /**
   * @param attempt which one has failed, from 1
   */
  public static Verdict of(Throwable failure, int attempt, WorkerPolicy policy) {
    if (failure instanceof SetAside) {
      return SET_ASIDE;
    }
    if (isDown(failure)) {
      return policy.whenDown() == WhenDown.WAIT ? WAIT : SKIP;
    }
    if (attempt < policy.attempts()) {
      return TRY_AGAIN;
    }
    return policy.whenExhausted() == WhenExhausted.HALT ? HALT : SET_ASIDE;
  }

  private static boolean isDown(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof ServiceDown || t instanceof CircuitBreakerOpenException) {
        return true;
      }
    }
    return false;
  }
}
