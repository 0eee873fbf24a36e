package dev.longshore.engine.claim;

import dev.longshore.engine.claim.Claim.Claimed;
import dev.longshore.engine.claim.Claim.Round;
import dev.longshore.engine.claim.ClaimStatement.Begun;
import dev.longshore.engine.limit.Policies;
import dev.longshore.engine.limit.Policy;
import dev.longshore.task.Lane;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A claim while nothing has a limit: one round trip, which is its transaction. Beginning and ending
 * one were two more, on an idle system a tenth of what a task waits for.
 */
@ApplicationScoped
class ClaimFreely {

  private static final Logger LOG = Logger.getLogger(ClaimFreely.class.getName());

  @Inject private ClaimStatement statement;
  @Inject private Policies policies;

  /**
   * As {@link ClaimWithLimits#claim}.
   *
   * @return nothing, and nothing was claimed, where there are limits or there may be some now
   */
  @Transactional(Transactional.TxType.NOT_SUPPORTED)
  Optional<Round> claim(Lane lane, ToIntFunction<String> sizeOf, Object[] starts) {
    Policy last = policies.last();
    if (!last.isNone()) {
      return Optional.empty();
    }
    Begun begun = statement.beginAndClaim(statement.ask(lane, sizeOf, starts, last));
    tell(begun.tasks());
    return begun.version() == last.version()
        ? Optional.of(new Round(begun.tasks(), Round.NEVER, begun.news()))
        : Optional.empty();
  }

  /** They are claimed: whatever becomes of this, they are to be sent. */
  private void tell(List<Claimed> tasks) {
    try {
      tasks.forEach(statement::fire);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "Not everybody was told of " + tasks.size() + " claimed tasks", e);
    }
  }
}
