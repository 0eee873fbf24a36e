package dev.longshore.task;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A name with its policy. A type is run either by the {@link TaskHandler} that declares it or, as a
 * {@link Pipeline}, by the batch job {@code META-INF/batch-jobs/NAME.xml} of the same name.
 *
 * <p>Values are made by {@link #handler} or {@link #pipeline} and changed by the {@code with…}
 * methods.
 *
 * @param name what submissions call it: lower-case words joined by dots or dashes
 * @param lane how its claims run
 * @param pipeline whether a batch job of its own runs it
 * @param queue the queue of a task that names none
 * @param priority the priority of a task that names none, 0 to 9, 9 first
 * @param maxAttempts how many runs a task gets that names no number
 * @param backoff the wait between runs
 * @param timeLimit how long one attempt may take; none when empty
 * @param limits how much of it may be under way
 */
public record TaskType(
    String name,
    Lane lane,
    boolean pipeline,
    String queue,
    int priority,
    int maxAttempts,
    Backoff backoff,
    Optional<Duration> timeLimit,
    Limits limits) {

  public static final int DEFAULT_PRIORITY = 4;
  public static final String DEFAULT_QUEUE = "default";
  public static final int DEFAULT_ATTEMPTS = 5;

  public TaskType {
    Objects.requireNonNull(lane, "lane");
    Objects.requireNonNull(backoff, "backoff");
    Objects.requireNonNull(limits, "limits");
    if (!name.matches("[a-z][a-z0-9]*([._-][a-z0-9]+)*") || name.length() > 100) {
      throw new IllegalArgumentException(
          "'" + name + "' is no name for a task type: lower-case words joined by . _ or -");
    }
    if (priority < 0 || priority > 9) {
      throw new IllegalArgumentException(name + ": priority " + priority + " is outside 0 to 9");
    }
    if (maxAttempts < 1) {
      throw new IllegalArgumentException(name + ": maxAttempts " + maxAttempts + " is below 1");
    }
  }

  /** A type run by a handler in the long lane: 5 attempts, default backoff, no time limit. */
  public static TaskType handler(String name) {
    return new TaskType(
        name,
        Lane.LONG,
        false,
        DEFAULT_QUEUE,
        DEFAULT_PRIORITY,
        DEFAULT_ATTEMPTS,
        Backoff.DEFAULT,
        none(),
        Limits.NONE);
  }

  /** A type run by the batch job of its name, in the long lane. */
  public static TaskType pipeline(String name) {
    return new TaskType(
        name,
        Lane.LONG,
        true,
        DEFAULT_QUEUE,
        DEFAULT_PRIORITY,
        DEFAULT_ATTEMPTS,
        Backoff.DEFAULT,
        none(),
        Limits.NONE);
  }

  public TaskType withLane(Lane newLane) {
    return new TaskType(
        name, newLane, pipeline, queue, priority, maxAttempts, backoff, timeLimit, limits);
  }

  public TaskType withQueue(String newQueue) {
    return new TaskType(
        name, lane, pipeline, newQueue, priority, maxAttempts, backoff, timeLimit, limits);
  }

  public TaskType withPriority(int newPriority) {
    return new TaskType(
        name, lane, pipeline, queue, newPriority, maxAttempts, backoff, timeLimit, limits);
  }

  public TaskType withMaxAttempts(int newMaxAttempts) {
    return new TaskType(
        name, lane, pipeline, queue, priority, newMaxAttempts, backoff, timeLimit, limits);
  }

  public TaskType withBackoff(Backoff newBackoff) {
    return new TaskType(
        name, lane, pipeline, queue, priority, maxAttempts, newBackoff, timeLimit, limits);
  }

  public TaskType withTimeLimit(Duration newTimeLimit) {
    return new TaskType(
        name,
        lane,
        pipeline,
        queue,
        priority,
        maxAttempts,
        backoff,
        Optional.of(newTimeLimit),
        limits);
  }

  public TaskType withLimits(Limits newLimits) {
    return new TaskType(
        name, lane, pipeline, queue, priority, maxAttempts, backoff, timeLimit, newLimits);
  }

  /** So many tasks of one key at once, over all nodes; 1 makes keys exclusive. */
  public TaskType withKeyLimit(int perKey) {
    return withLimits(new Limits(limits.tasks(), perKey, limits.rate(), limits.keyRate()));
  }

  /** So many tasks of the type at once, over all nodes. */
  public TaskType withLimit(int tasks) {
    return withLimits(new Limits(tasks, limits.perKey(), limits.rate(), limits.keyRate()));
  }

  private static Optional<Duration> none() {
    return Optional.empty();
  }
}
