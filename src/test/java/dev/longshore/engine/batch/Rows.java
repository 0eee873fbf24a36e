package dev.longshore.engine.batch;

import dev.longshore.db.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;

/** What test jobs have written: one row an item, in the chunk's transaction. */
@ApplicationScoped
public class Rows {

  @Inject Sql sql;

  void create() {
    sql.update(
        "create table if not exists public.batch_row (run text, execution bigint, item int)");
  }

  void add(String run, long execution, int item) {
    sql.update("insert into public.batch_row values (?, ?, ?)", run, execution, item);
  }

  /** Each item as often as it was written and committed, in ascending order. */
  List<Integer> of(String run) {
    return sql.list(
        "select item from public.batch_row where run = ? order by item", r -> r.getInt(1), run);
  }

  List<Integer> of(String run, long execution) {
    return sql.list(
        "select item from public.batch_row where run = ? and execution = ? order by item",
        r -> r.getInt(1),
        run,
        execution);
  }
}
