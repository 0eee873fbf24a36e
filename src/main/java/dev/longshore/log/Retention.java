package dev.longshore.log;

import dev.longshore.db.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Duration;

/** Deletes old messages, a slice to a transaction, never past the slowest event worker. */
@ApplicationScoped
class Retention {

  static final int SLICE = 1000;

  @Inject private Sql sql;

  /**
   * Deletes the next slice, unless another node is at it.
   *
   * @return how many messages went; less than {@link #SLICE} when no more are old enough
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  long slice(Duration age) {
    return sql.first(
            """
            select case when pg_try_advisory_xact_lock(hashtext('longshore.log.retention'))
                then longshore.retain_messages(? * interval '1 second', ?) else 0 end
            """,
            row -> row.getLong(1),
            age,
            SLICE)
        .orElse(0L);
  }
}
