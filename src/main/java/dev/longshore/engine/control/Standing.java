package dev.longshore.engine.control;

import dev.longshore.db.Sql;
import dev.longshore.problem.NotFound;
import dev.longshore.task.TaskState;

/** Where a task stands at the moment of a statement; what is done next is checked against it. */
record Standing(long id, String type, TaskState state, int attempts, long claim, String uniqueKey) {

  private static final String READ =
      "select id, type, state, attempts, claim_id, unique_key from longshore.task where id = ?";

  static Standing of(long id, Sql sql) {
    return sql.first(
            READ,
            row ->
                new Standing(
                    row.getLong(1),
                    row.getString(2),
                    TaskState.of(row.getString(3)),
                    row.getInt(4),
                    row.getLong(5),
                    row.getString(6)),
            id)
        .orElseThrow(() -> new NotFound("task", id));
  }
}
