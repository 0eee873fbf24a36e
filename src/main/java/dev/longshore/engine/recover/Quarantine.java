package dev.longshore.engine.recover;

import dev.longshore.db.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Lets tasks that are one loss away from being taken for poison run one at a time in the cluster.
 * The next node that goes down tells then which of them it was: a task that was merely beside is
 * not failed for it. {@code settle} holds them back for an hour, and this for another one while it
 * is not their turn. One that nobody runs for a minute when it is, because its queue is paused
 * perhaps, lets the next one go first.
 */
@ApplicationScoped
class Quarantine {

  @Inject private Sql sql;

  @Inject
  @ConfigProperty(name = "longshore.recover.max-losses", defaultValue = "3")
  private int maxLosses;

  /** Lets the next one go when none is under way. Two nodes that do so at once let go the same. */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  void release() {
    sql.update(
        """
        with suspect as (
            select id, run_at, state = 'pending' and run_at > clock_timestamp() as held,
                state = 'pending' and run_at <= clock_timestamp() - interval '1 minute' as passed
            from longshore.task
            where losses >= ? and losses > 0 and state in ('pending', 'queued', 'ongoing')),
        turn as (
            select id from suspect
            where not exists (select from suspect where not held and not passed)
            order by held desc, run_at, id limit 1)
        update longshore.task t
        set run_at = case when s.id = turn.id then clock_timestamp()
                     else clock_timestamp() + interval '1 hour' end
        from suspect s left join turn on turn.id = s.id
        -- The state as text: by the index of what is pending it would read all of that first.
        where t.id = s.id and t.state::text = 'pending' and case when turn.id is not null then s.held
            else s.passed or s.held and s.run_at < clock_timestamp() + interval '1 minute' end
        """,
        maxLosses - 1);
  }
}
