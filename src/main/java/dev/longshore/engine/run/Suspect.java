package dev.longshore.engine.run;

import dev.longshore.db.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;

/** Notes which task of a shared claim is in hand, so that no other is blamed for the node's end. */
@ApplicationScoped
class Suspect {

  @Inject private Sql sql;

  /** Commits before the task begins, whatever becomes of the chunk. */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  void note(RunningTask task) {
    sql.update(
        "update longshore.claim set at_task = ? where id = ? and worker = ?",
        task.id(),
        task.claim(),
        task.worker());
  }
}
