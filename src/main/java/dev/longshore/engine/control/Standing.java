package dev.longshore.engine.control;

import dev.longshore.db.Sql;
import dev.longshore.problem.NotFound;
import dev.longshore.task.TaskState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/** Where a task stands at the moment of a statement; what is done next is checked against it. */
record Standing(long id, String type, TaskState state, int attempts, long claim, String uniqueKey) {

  private static final String READ =
      "select id, type, state, attempts, claim_id, unique_key from longshore.task where id = ?";

  private static final String LOCK =
      """
      select id, type, state, attempts, claim_id, unique_key from longshore.task
      where id = any (?) for update skip locked
      """;

  /** Whether a node runs it: a quick one may be queued until its end. */
  static final String RUNS =
      """
      (state = 'ongoing' or state = 'queued' and exists (
          select from longshore.claim c where c.id = claim_id and c.worker is not null))\
      """;

  private static final String UNTAKEN =
      "select id from longshore.claim where id = any (?) and worker is null for update";

  /**
   * Of the tasks' claims those that no node has taken, nor will before the commit. Waits for
   * nobody: one that is just being taken is not among them.
   */
  static Set<Long> keepUntaken(List<Standing> tasks, Sql sql) {
    Long[] claims = tasks.stream().map(Standing::claim).distinct().sorted().toArray(Long[]::new);
    return claims.length == 0
        ? Set.of()
        : Set.copyOf(sql.list(UNTAKEN + " skip locked", row -> row.getLong(1), (Object) claims));
  }

  /**
   * Whether no node has taken this task's claim, nor will before the commit. Waits for whoever is
   * just taking or ending it: only for those that hold nothing others wait for.
   */
  boolean awaitUntaken(Sql sql) {
    return sql.first(UNTAKEN, row -> row.getLong(1), (Object) new Long[] {claim}).isPresent();
  }

  /** The same task, under way. */
  Standing running() {
    return new Standing(id, type, TaskState.ONGOING, attempts, claim, uniqueKey);
  }

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
