package dev.longshore.workload.diagnostic;

import dev.longshore.db.Sql;
import dev.longshore.task.TaskContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.PreparedStatement;
import java.util.List;

/** The rows that the items of pipelines leave, written in their chunk's transaction. */
@ApplicationScoped
class EffectItems {

  @Inject private Sql sql;

  void insert(TaskContext task, List<Object> items) {
    sql.with(
        connection -> {
          try (PreparedStatement insert =
              connection.prepareStatement(
                  """
                  insert into longshore.effect_item (task_id, item, attempt, worker)
                  values (?, ?, ?, ?)
                  """)) {
            for (Object item : items) {
              insert.setLong(1, task.id());
              insert.setInt(2, (Integer) item);
              insert.setInt(3, task.attempt());
              insert.setString(4, task.worker());
              insert.addBatch();
            }
            return insert.executeBatch();
          }
        });
  }
}
