package dev.longshore.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Everything that happened in a run: what the client did, by its own clock, and what the database
 * has kept, by the database's.
 *
 * @param cancelled the labels of the tasks that a client asked to be cancelled, in time or not
 * @param paused the task types that were paused for a time
 */
record History(
    List<Submission> submissions,
    Set<String> cancelled,
    Set<String> paused,
    List<Task> tasks,
    List<Attempt> attempts,
    List<Start> starts,
    List<Beat> beats,
    List<Move> moves,
    List<Effect> effects,
    List<Item> items,
    List<Step> steps,
    List<Limit> limits,
    Log log) {

  /**
   * The message log and the event worker that handles it.
   *
   * @param acknowledged the ids that the client was told
   * @param messages the ids that are there, in their order
   * @param handled the ids of what was handled, in the order of handling
   * @param setAside the ids of messages that were taken for what their nodes died of
   */
  record Log(
      List<Long> acknowledged, List<Long> messages, List<Long> handled, List<Long> setAside) {}

  /**
   * What a client asked for.
   *
   * @param label its own, unique name of the task
   * @param items how many items a pipeline has, 0 for other tasks
   * @param sent when the request was begun, in nanoseconds of the client's clock
   * @param acknowledged when it was answered with success; 0 when it was not, and the task may or
   *     may not exist
   */
  record Submission(
      String label, String type, String key, int items, long sent, long acknowledged) {
    boolean isAcknowledged() {
      return acknowledged != 0;
    }
  }

  /** A task's row at the end of the run. */
  record Task(
      long id, String label, String type, String queue, String key, String state, String error) {}

  /** A run of a task; {@code ended} and {@code outcome} are null while it is under way. */
  record Attempt(
      long task,
      long claim,
      int number,
      String worker,
      Instant started,
      Instant ended,
      String outcome) {}

  /** What a command said of itself when it began. */
  record Start(long task, int attempt) {}

  /** What a command of a key said of itself while it ran, as it stands in the file. */
  record Beat(String key, Start of) {}

  /** A row of the audit trail. */
  record Move(long task, long claim, String from, String to, String outcome, String actor) {
    boolean isSettlement() {
      return to.equals("succeeded") || to.equals("failed") || to.equals("cancelled");
    }

    /** An operator has it tried again. */
    boolean isRetry() {
      return from.equals("failed") || from.equals("cancelled");
    }
  }

  /** A row that the handler of an {@code effect} task wrote. */
  record Effect(long task, Instant at) {}

  /** A row that an item of a pipeline's chunk wrote. */
  record Item(long task, int item, int attempt, String worker, Instant at) {}

  /** A run of a pipeline's step; they ascend as they began. */
  record Step(long task, long execution, String name, String status) {}

  /**
   * How many may be under way at once, or start in any stretch of time of a length.
   *
   * @param of {@code key}: of each key in the named queue; {@code queue}: of the named queue;
   *     {@code type}: of the named type
   * @param interval of a rate; {@code null} for what may be under way
   */
  record Limit(String of, String name, int most, Duration interval) {
    Limit(String of, String name, int most) {
      this(of, name, most, null);
    }

    boolean isExclusiveKey() {
      return of.equals("key") && most == 1 && interval == null;
    }

    /** What the limit counts a task under; null when it does not. */
    String group(Task task) {
      return switch (of) {
        case "key" -> task.key() != null && task.queue().equals(name) ? task.key() : null;
        case "queue" -> task.queue().equals(name) ? name : null;
        default -> task.type().equals(name) ? name : null;
      };
    }
  }

  /** The attempts of each task, in the order they began. */
  Map<Long, List<Attempt>> attemptsByTask() {
    return byTask(attempts, Attempt::task);
  }

  static <T> Map<Long, List<T>> byTask(List<T> all, Function<T, Long> task) {
    return all.stream().collect(Collectors.groupingBy(task));
  }
}
