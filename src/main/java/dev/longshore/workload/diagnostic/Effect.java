package dev.longshore.workload.diagnostic;

import dev.longshore.db.Sql;
import dev.longshore.task.Lane;
import dev.longshore.task.Outcome;
import dev.longshore.task.TaskContext;
import dev.longshore.task.TaskHandler;
import dev.longshore.task.TaskType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonString;

/**
 * {@code effect {"name": s}}: a row in {@code longshore.effect}, in the transaction that settles
 * the task. In the quick lane.
 */
@ApplicationScoped
public class Effect implements TaskHandler {

  @Inject private Diagnostics diagnostics;
  @Inject private Sql sql;

  @Override
  public TaskType type() {
    return TaskType.handler("effect").withLane(Lane.QUICK);
  }

  @Override
  public boolean enabled() {
    return diagnostics.enabled();
  }

  @Override
  public Outcome run(TaskContext task) {
    if (!(task.payload().get("name") instanceof JsonString name)) {
      return Outcome.failed("\"name\" must be a string.");
    }
    sql.update(
        "insert into longshore.effect (task_id, name) values (?, ?)", task.id(), name.getString());
    return Outcome.succeeded();
  }
}
