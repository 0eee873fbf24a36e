package dev.longshore.engine.run;

import dev.longshore.db.DatabaseException;
import dev.longshore.db.Sql;
import dev.longshore.engine.batch.Takeover;
import dev.longshore.engine.batch.TaskJobs;
import dev.longshore.engine.run.Finish.Finished;
import dev.longshore.engine.settle.Settle;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** One transaction of {@link Finish}. */
@ApplicationScoped
class FinishOnce {

  private static final Sql.Before TWO_SECONDS =
      new Sql.Before("set local lock_timeout = '2s'; ", List.of());

  @Inject private Takeover takeover;
  @Inject private Settle settle;

  /**
   * @return of each whether it was still under its claim
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  List<Boolean> finish(List<Finished> all) {
    return finish(all, Sql.Before.NOTHING);
  }

  /** The same, unless somebody's lock is in the way for two seconds. */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  List<Boolean> finishSoon(List<Finished> all) {
    return finish(all, TWO_SECONDS);
  }

  private List<Boolean> finish(List<Finished> all, Sql.Before before) {
    Sql.Before ends =
        TaskJobs.ends(all.stream().map(Finished::end).filter(Objects::nonNull).toList());
    Set<Long> settled =
        settle.settle(all.stream().map(Finished::settled).toList(), before.and(ends));
    return all.stream().map(f -> settled.contains(f.settled().attempt().task())).toList();
  }

  /** For an answer, or a job's exit status, that PostgreSQL cannot keep. */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  boolean finishUnstorable(Finished one, DatabaseException why) {
    takeover.fail(one.settled().attempt().claim());
    return !settle.settle(List.of(one.settled().unstorable(why))).isEmpty();
  }
}
