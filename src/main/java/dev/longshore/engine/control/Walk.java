package dev.longshore.engine.control;

import dev.longshore.db.Sql;
import dev.longshore.task.TaskFilter;
import dev.longshore.task.TaskState;
import java.util.List;
import java.util.function.Consumer;

/**
 * Goes through the tasks that match a filter, newest first, in slices of ids. Each state is a range
 * of an index, so that a slice costs its own rows and no more, however many others there are.
 */
final class Walk {

  /** Rows that a slice may lock, for as long as their changes take to commit. */
  static final int SLICE = 300;

  private static final String PAGE =
      """
      select id from longshore.task
      where %s and id < ?
        and (?::text is null or type = ?) and (?::text is null or queue = ?)
        and (?::text is null or key = ?)
      order by id desc limit ?
      """;

  private Walk() {}

  /**
   * Hands on what stands in one of the states, one state after the other. A task that moves
   * meanwhile is met where it has gone if that state comes later.
   */
  static void through(List<TaskState> states, TaskFilter filter, Sql sql, Consumer<Long[]> slice) {
    long end =
        sql.first("select coalesce(max(id), 0) + 1 from longshore.task", row -> row.getLong(1))
            .orElseThrow();
    for (TaskState state : states) {
      if (filter.state() != null && filter.state() != state) {
        continue;
      }
      long before = end;
      List<Long> page;
      do {
        page = page(state, filter, before, sql);
        if (!page.isEmpty()) {
          slice.accept(page.toArray(Long[]::new));
          before = page.get(page.size() - 1);
        }
      } while (page.size() == SLICE);
    }
  }

  private static List<Long> page(TaskState state, TaskFilter filter, long before, Sql sql) {
    return sql.list(
        PAGE.formatted(state.sqlCondition()),
        row -> row.getLong(1),
        before,
        filter.type(),
        filter.type(),
        filter.queue(),
        filter.queue(),
        filter.key(),
        filter.key(),
        SLICE);
  }
}
