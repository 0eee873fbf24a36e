package dev.longshore.log.worker;

/** What happens when a message's attempts are used up. */
public enum WhenExhausted {
  /** The message goes to the worker's dead letters, and the worker goes on behind it. */
  SET_ASIDE,
  /** The worker halts in front of the message until an operator resumes it. */
  HALT
}
