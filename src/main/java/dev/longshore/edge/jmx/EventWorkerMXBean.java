package dev.longshore.edge.jmx;

/** An event worker: {@code dev.longshore:type=EventWorker,name=NAME}, on whichever node it runs. */
public interface EventWorkerMXBean {

  /** running, waiting, halted, paused, stopped or unowned. */
  String getStatus();

  /** healthy, degraded or unhealthy. */
  String getHealth();

  /** Why it is not healthy. */
  String[] getReasons();

  /** The node that runs it; {@code null} for none. */
  String getNode();

  /** It is done with every message up to this id. */
  long getPosition();

  long getHandled();

  /** How many messages it has to read, counted up to 10,000. */
  long getLagMessages();

  /** The age of the first of them. */
  double getLagSeconds();

  /** In the last minute. */
  double getMessagesPerSecond();

  long getErrorsPerMinute();

  /** The mean time of a call in the last five minutes. */
  double getHandlerMillis();

  long getDeadLetters();

  void pause();

  void resume();

  void stop();

  void start();
}
