package dev.longshore.engine.control;

import dev.longshore.db.Sql;
import dev.longshore.problem.NotFound;
import dev.longshore.task.TaskState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** Where a task stands at the moment of a statement; what is done next is checked against it. */
record Standing(long id, String type, TaskState state, int attempts, long claim, String uniqueKey) {

  private static final String READ =
      "select id, type, state, attempts, claim_id, unique_key from longshore.task where id = ?";

  private static final String LOCK =
      """
      select id, type, state, attempts, claim_id, unique_key from longshore.task
      where id = any (?) for update skip locked
      """;

  static Standing of(long id, Sql sql) {
    return sql.first(READ, Standing::read, id).orElseThrow(() -> new NotFound("task", id));
  }

  /** Those that nobody else has a lock on; from now on they stand still until the commit. */
  static List<Standing> lock(Long[] ids, Sql sql) {
    return sql.list(LOCK, Standing::read, (Object) ids);
  }

  private static Standing read(ResultSet row) throws SQLException {
    return new Standing(
        row.getLong(1),
        row.getString(2),
        TaskState.of(row.getString(3)),
        row.getInt(4),
        row.getLong(5),
        row.getString(6));
  }
}
