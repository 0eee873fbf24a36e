package dev.longshore.engine.run;

import dev.longshore.db.DatabaseException;
import dev.longshore.db.Sql;
import dev.longshore.engine.batch.Takeover;
import dev.longshore.engine.batch.TaskJobs;
import dev.longshore.engine.run.Finish.Finished;
import dev.longshore.engine.settle.Settle;
import dev.longshore.engine.settle.Settled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** One transaction of {@link Finish}. */
@ApplicationScoped
class FinishOnce {

  @Inject private TaskJobs jobs;
  @Inject private Takeover takeover;
  @Inject private Settle settle;
  @Inject private Sql sql;

  /**
   * @return of each whether it was still under its claim
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  List<Boolean> finish(List<Finished> all) {
    Set<Long> ended =
        jobs.recordEnds(all.stream().map(Finished::end).filter(Objects::nonNull).toList());
    List<Settled> ours =
        all.stream()
            .filter(f -> f.end() == null || ended.contains(f.settled().execution()))
            .map(Finished::settled)
            .toList();
    Set<Long> settled = ours.isEmpty() ? Set.of() : settle.settle(ours);
    return all.stream().map(f -> settled.contains(f.settled().attempt().task())).toList();
  }

  /** The same, unless somebody's lock is in the way for two seconds. */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  List<Boolean> finishSoon(List<Finished> all) {
    sql.update("set local lock_timeout = '2s'");
    return finish(all);
  }

  /** For an answer, or a job's exit status, that PostgreSQL cannot keep. */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  boolean finishUnstorable(Finished one, DatabaseException why) {
    takeover.fail(one.settled().attempt().claim());
    return !settle.settle(List.of(one.settled().unstorable(why))).isEmpty();
  }
}
