package dev.longshore.engine.batch;

import dev.longshore.db.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/**
 * Ends the job executions of claims that are being taken from their node, in the caller's
 * transaction. A chunk checks its execution under the lock that this takes, so it has committed
 * before, or never will.
 */
@ApplicationScoped
public class Takeover {

  @Inject private Sql sql;

  /** Marks what is live under these claims as failed: a restart goes on at its last checkpoint. */
  public void fail(Long... claims) {
    sql.update(
        """
        update longshore.job_execution
        set status = 'FAILED', exit_status = 'lost', ended_at = clock_timestamp()
        where claim_id = any (?) and status in ('STARTING', 'STARTED', 'STOPPING')
        """,
        (Object) claims);
  }
}
