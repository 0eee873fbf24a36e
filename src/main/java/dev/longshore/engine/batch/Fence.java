package dev.longshore.engine.batch;

/** Lets a job write while it is this node's to write, and in one of some statuses. */
enum Fence {

  /** It may go on. */
  RUNNING("('STARTING','STARTED')"),

  /** It may still write, though somebody has asked it to stop. */
  LIVE(Executions.LIVE);

  /**
   * Takes the job's execution and its claim, and answers the execution or nothing. The share lock
   * makes a takeover wait for this transaction, or this one see the takeover. The statuses stand in
   * the text: with an array for a parameter the plan was made anew for each chunk, which took
   * longer than the chunk's statement.
   */
  final String sql;

  Fence(String statuses) {
    sql =
        """
        select id from longshore.job_execution
        where id = ? and claim_id is not distinct from ?::bigint and %s in %s for share"""
            .formatted(Executions.STATUS, statuses);
  }
}
