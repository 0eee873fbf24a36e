package dev.longshore.edge.jmx;

/** This node: {@code dev.longshore:type=Worker}. */
public interface WorkerMXBean {

  /** The node's id. */
  String getId();

  /** Whether it takes work now. */
  boolean isActive();

  /** Whether it was asked to take no more. */
  boolean isDraining();

  /** How many tasks it has taken and not settled yet. */
  long getRunning();

  /** Asks it to take no more work; what it runs may go on for the time that the node is set to. */
  void drain();

  /**
   * The same, with another time.
   *
   * @param timeout a duration in ISO 8601, such as {@code PT10M}
   * @throws IllegalArgumentException when it is none, or below zero
   */
  void drain(String timeout);

  /** Asks it to take work again. */
  void undrain();

  /**
   * Has the queue's tasks wait, on all nodes; what is under way goes on.
   *
   * @throws IllegalArgumentException when there is no such queue
   */
  void pauseQueue(String queue);

  /**
   * @throws IllegalArgumentException when there is no such queue
   */
  void resumeQueue(String queue);

  /**
   * Has the type's tasks wait, on all nodes; what is under way goes on.
   *
   * @throws IllegalArgumentException when no node has declared the type
   */
  void pauseType(String type);

  /**
   * @throws IllegalArgumentException when no node has declared the type
   */
  void resumeType(String type);
}
