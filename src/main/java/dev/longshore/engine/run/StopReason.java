package dev.longshore.engine.run;

/** Why an attempt was asked to stop. The first reason given stays. */
enum StopReason {
  CANCELLED,
  TIMED_OUT,
  /** The node stops: the task is handed back. */
  NODE_STOPS,
  /** Another node has it, or will: whatever comes of this attempt is dropped. */
  CLAIM_LOST
}
