package dev.longshore.engine.limit;

import dev.longshore.db.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;

/**
 * The guarantee behind the marks: a key that nobody has and that somebody waits for is looked at
 * again, even where its leaving was missed, and starts that no rate counts any more are forgotten.
 */
@ApplicationScoped
public class Strays {

  private static final long PAUSE_NANOS = 10_000_000_000L;

  /** It may take a fiftieth of the time, however many wait. */
  private static final long SHARE = 50;

  private static final String LOCK =
      "select pg_try_advisory_xact_lock(hashtext('longshore.limits.strays'))";

  private static final String WAITING_FOR_NOBODY =
      """
      insert into longshore.key_free (queue, type, key)
      select w.queue, w.type, w.key
      from (select distinct queue, type, key from longshore.task
            where state = 'pending' and held is not null and held = 'key') w
      where not exists (
              select 1 from longshore.task u
              where u.key is not null and u.key = w.key and u.claim_id is not null
                and (u.queue = w.queue or u.type = w.type))
        and not exists (select 1 from longshore.key_free f where f.key = w.key)
      """;

  private static final String FORGET =
      """
      delete from longshore.rate_start s
      where exists (
              select 1 from longshore.attempt a
              where a.task_id = s.task_id and a.claim_id = s.claim_id
                and case when s.quick then a.ended_at else a.started_at end
                    + s.seconds * interval '1 second' < clock_timestamp())
        or not exists (
              select 1 from longshore.attempt a
              where a.task_id = s.task_id and a.claim_id = s.claim_id)
          and not exists (
              select 1 from longshore.task t where t.id = s.task_id and t.claim_id = s.claim_id)
      """;

  @Inject private Sql sql;

  private volatile long next = System.nanoTime();

  /** Looks, when it is time. */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  public void tend() {
    long began = System.nanoTime();
    if (began - next < 0 || !sql.first(LOCK, row -> row.getBoolean(1)).orElseThrow()) {
      return;
    }
    tendNow();
    next = System.nanoTime() + Math.max(PAUSE_NANOS, SHARE * (System.nanoTime() - began));
  }

  /**
   * @return how many keys are looked at again
   */
  @Transactional
  public int tendNow() {
    sql.update(FORGET);
    return sql.update(WAITING_FOR_NOBODY);
  }
}
