package dev.longshore.edge.rest;

import dev.longshore.problem.Fields;
import dev.longshore.problem.JsonText;
import dev.longshore.task.NewTask;
import dev.longshore.task.NewTaskRules;
import dev.longshore.task.OnDependencyFailure;
import jakarta.json.JsonObject;

/** Makes a submission of JSON, or says all that is wrong with it. */
final class ReadTask {

  /** What the members beside the payload may need, and the white space between them. */
  static final int ENVELOPE = 16 * 1024;

  private ReadTask() {}

  /**
   * @param what what the sender calls it: body, line, element
   */
  static NewTask of(byte[] json, String what) {
    return of(JsonText.object(json, what));
  }

  static NewTask of(JsonObject json) {
    Fields fields = new Fields(json);
    NewTask task =
        new NewTask(
            fields.text("type"),
            fields.object("payload"),
            fields.text("queue"),
            fields.whole("priority"),
            fields.time("runAt"),
            fields.text("key"),
            fields.text("uniqueKey"),
            fields.whole("maxAttempts"),
            fields.ids("after"),
            onDependencyFailure(fields));
    NewTaskRules.violations(task).stream()
        .filter(v -> !fields.isWrong(v.field())) // a type that is no string is not missing as well
        .forEach(v -> fields.violation(v.field(), v.message()));
    fields.done();
    return task;
  }

  private static OnDependencyFailure onDependencyFailure(Fields fields) {
    String label = fields.text("onDependencyFailure");
    try {
      return label == null ? null : OnDependencyFailure.of(label);
    } catch (IllegalArgumentException e) {
      fields.violation("onDependencyFailure", e.getMessage() + ".");
      return null;
    }
  }
}
