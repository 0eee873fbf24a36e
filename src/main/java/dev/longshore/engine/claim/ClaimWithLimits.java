package dev.longshore.engine.claim;

import static dev.longshore.engine.claim.ClaimStatement.NO_TASKS;

import dev.longshore.db.Sql;
import dev.longshore.engine.claim.Claim.Claimed;
import dev.longshore.engine.claim.Claim.Round;
import dev.longshore.engine.claim.ClaimStatement.Ask;
import dev.longshore.engine.claim.ClaimStatement.Begun;
import dev.longshore.engine.limit.Admission;
import dev.longshore.engine.limit.Admit;
import dev.longshore.engine.limit.Policies;
import dev.longshore.engine.limit.Policy;
import dev.longshore.task.Lane;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * A claim in a transaction of its own, which holds the limits as they are; also where there are
 * none any more.
 */
@ApplicationScoped
class ClaimWithLimits {

  /** How long another claim may hold the limits, as a rule. */
  private static final long AGAIN_MILLIS = 10;

  @Inject private Sql sql;
  @Inject private ClaimStatement statement;
  @Inject private Policies policies;
  @Inject private Admit admit;

  /**
   * Claims as much as the lane has room for. Tasks of a type share a claim: as many as they may,
   * and fewer when there is room enough to spread them out.
   *
   * <p>No more claims are in flight than twice the slots of the live nodes, so that priorities and
   * cancellations do not wait behind a full broker. Two nodes that claim at once may pass that
   * bound by each other's share; it guards latency, not correctness.
   *
   * @param starts where each route begins, as {@link Cursor#starts} gives it
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  Round claim(Lane lane, ToIntFunction<String> sizeOf, Object[] starts) {
    Begun begun = statement.begin();
    Policy policy = policies.at(begun.version());
    Ask ask = statement.ask(lane, sizeOf, starts, policy);
    Round round;
    if (policy.isNone()) {
      round = new Round(statement.claim(ask, NO_TASKS), Round.NEVER, begun.news());
    } else if (admit.lock()) {
      round = limited(ask, begun.news());
    } else {
      round = new Round(statement.claim(ask, NO_TASKS), AGAIN_MILLIS, begun.news());
    }
    return round;
  }

  private Round limited(Ask ask, boolean news) {
    long room = statement.room(ask.lane());
    if (room == 0) {
      return new Round(List.of(), Round.NEVER, news); // a slot that falls free wakes the claimer
    }
    Admission admission =
        admit.choose(
            ask.policy(), ask.types(), (int) Math.min(room * ask.largest(), Integer.MAX_VALUE));
    List<Claimed> tasks = statement.claim(ask, admission.tasks());
    Set<Long> claimed = tasks.stream().map(t -> t.place().id()).collect(Collectors.toSet());
    boolean more = admit.finish(ask.policy(), ask.lane(), admission, claimed);
    return new Round(tasks, more ? 0 : millisUntil(admission.opensAt()), news);
  }

  private long millisUntil(OffsetDateTime time) {
    return time == null
        ? Round.NEVER
        : sql.first(
                "select greatest(1, ceil(extract(epoch from ?::timestamptz - clock_timestamp()) * 1000))::bigint",
                row -> row.getLong(1),
                time)
            .orElseThrow();
  }
}
