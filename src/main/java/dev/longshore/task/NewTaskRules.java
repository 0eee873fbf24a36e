package dev.longshore.task;

import dev.longshore.problem.InvalidInput;
import dev.longshore.problem.JsonText;
import dev.longshore.problem.Violation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What a submission must keep to, whichever way it comes. */
public final class NewTaskRules {

  /** Keys are indexed: a B-tree entry has no room for long ones. */
  static final int LONGEST_KEY = 255;

  private static final Instant YEAR_10000 = Instant.parse("+10000-01-01T00:00:00Z");

  private static final Pattern QUEUE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  private NewTaskRules() {}

  /**
   * Everything that is wrong with it; empty when nothing is. Whether the type exists is not asked.
   */
  public static List<Violation> violations(NewTask task) {
    List<Violation> found = new ArrayList<>();
    if (task.type() == null || task.type().isEmpty()) {
      found.add(new Violation("type", "is missing: the name of a task type."));
    } else if (task.type().length() > 100) {
      found.add(new Violation("type", "is longer than 100 characters."));
    }
    if (task.queue() != null && wrongQueue(task.queue()) != null) {
      found.add(new Violation("queue", wrongQueue(task.queue())));
    }
    if (task.priority() != null && (task.priority() < 0 || task.priority() > 9)) {
      found.add(
          new Violation(
              "priority", "must be from 0 to 9 (9 runs first), not " + task.priority() + "."));
    }
    if (task.maxAttempts() != null && task.maxAttempts() < 1) {
      found.add(new Violation("maxAttempts", "must be 1 or more, not " + task.maxAttempts() + "."));
    }
    if (task.runAt() != null && !isInRange(task.runAt().toInstant())) {
      found.add(new Violation("runAt", "must be in the years 1970 to 9999."));
    }
    if (task.after().size() > Submit.MOST_AFTER) {
      found.add(new Violation("after", "names more than " + Submit.MOST_AFTER + " tasks."));
    }
    if (task.onDependencyFailure() != null && task.after().isEmpty()) {
      found.add(new Violation("onDependencyFailure", "is given without tasks to come after."));
    }
    key("key", task.key(), found);
    key("uniqueKey", task.uniqueKey(), found);
    return found;
  }

  private static boolean isInRange(Instant time) {
    return !time.isBefore(Instant.EPOCH) && time.isBefore(YEAR_10000);
  }

  /** Why a queue cannot have that name; {@code null} when it can. */
  public static String wrongQueue(String name) {
    return QUEUE.matcher(name).matches()
        ? null
        : "must be up to 100 letters, digits, dots, dashes and underscores, and start with a letter"
            + " or digit.";
  }

  static void check(NewTask task) {
    List<Violation> found = violations(task);
    if (!found.isEmpty()) {
      throw InvalidInput.unfit(found);
    }
  }

  private static void key(String field, String key, List<Violation> found) {
    if (key == null) {
      return;
    }
    String unstorable = JsonText.unstorable(key);
    if (key.isEmpty() || key.length() > LONGEST_KEY) {
      found.add(new Violation(field, "must have 1 to " + LONGEST_KEY + " characters."));
    } else if (unstorable != null) {
      found.add(new Violation(field, unstorable));
    }
  }
}
