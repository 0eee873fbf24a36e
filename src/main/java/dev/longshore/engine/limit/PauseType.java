package dev.longshore.engine.limit;

import dev.longshore.db.Sql;
import dev.longshore.problem.NotFound;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;

/** Has the tasks of a type wait, on all nodes. */
@ApplicationScoped
public class PauseType {

  @Inject private Sql sql;

  /**
   * What is under way is not stopped.
   *
   * @throws NotFound when no node has declared the type
   */
  @Transactional
  public void pause(String type, boolean paused) {
    sql.update(Queues.NOT_LONG);
    if (sql.update("update longshore.task_type set paused = ? where name = ?", paused, type) == 0) {
      throw new NotFound("task type", type);
    }
  }
}
