package dev.longshore.log.worker;

import java.time.Instant;

/** What a call of a handler or of a periodic method may ask and say. */
public interface WorkerContext {

  /** The worker's name. */
  String worker();

  /** The time to go by; in tests it can be moved. */
  Instant now();

  /**
   * Whether the message is older than the worker, or was handled before an operator set the
   * position back: the call is there to rebuild state, and effects on the outside are better left
   * out. Always {@code false} in a periodic method and for a dead letter that is replayed.
   */
  boolean isReplay();

  /** Which attempt at this message it is, from 1. */
  int attempt();

  /** Whether the call is to end soon: it is out of time, or the server stops. */
  boolean stopRequested();

  /**
   * Says that something the worker needs is down, although the call goes on. The worker's health is
   * {@code degraded} until {@link #recovered} is said of the same thing.
   *
   * @param what such as {@code summary API}
   */
  void degraded(String what, String why);

  /** Takes back what {@link #degraded} has said; without effect when nothing was. */
  void recovered(String what);
}
