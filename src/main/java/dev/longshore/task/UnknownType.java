package dev.longshore.task;

import dev.longshore.problem.InvalidInput;
import dev.longshore.problem.Violation;
import java.util.List;

/** No node has ever declared a task type of that name; nothing was submitted. */
public class UnknownType extends InvalidInput {

  public UnknownType(String type) {
    super(
        List.of(
            new Violation(
                "type",
                "'"
                    + type
                    + "' is not a task type that any node has declared; GET /api/types"
                    + " lists them.")));
  }
}
