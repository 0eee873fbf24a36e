package dev.longshore.engine.recover;

import dev.longshore.db.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Duration;

/** Rows that nobody will end: they would take up a lane's room, or say that a dead job is live. */
@ApplicationScoped
class Leftovers {

  @Inject private Sql sql;

  /** Ends claims without tasks and job executions without their claim that are older than that. */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  void end(Duration age) {
    sql.update("set local lock_timeout = '2s'");
    sql.update(
        """
        delete from longshore.claim c
        where c.worker is not null and c.taken_at < clock_timestamp() - ? * interval '1 second'
          and not exists (select 1 from longshore.task t where t.claim_id = c.id offset 0)
        """,
        age);
    sql.update(
        """
        update longshore.job_execution e
        set status = 'FAILED', exit_status = 'left behind', ended_at = clock_timestamp(),
            updated_at = clock_timestamp()
        where e.status in ('STARTING', 'STARTED', 'STOPPING') and e.claim_id is not null
          and e.updated_at < clock_timestamp() - ? * interval '1 second'
          and not exists (select 1 from longshore.claim c where c.id = e.claim_id)
        """,
        age);
  }
}
