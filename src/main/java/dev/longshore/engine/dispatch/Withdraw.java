package dev.longshore.engine.dispatch;

import dev.longshore.db.Sql;
import dev.longshore.engine.worker.Worker;
import dev.longshore.task.TaskMoved;
import dev.longshore.task.TaskState;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * queued → pending: takes claims back that no node has taken. Their tasks are claimed again under a
 * new id; a message that turns up late finds its claim gone and is dropped.
 */
@ApplicationScoped
public class Withdraw {

  private static final String BACK_TO_PENDING =
      """
      with gone as (
          delete from longshore.claim
          where worker is null and %s
          returning id),
      -- By an array, since a join may read the index of claims from its beginning; and the state as
      -- text, since its index may look better still.
      queued as (
          select id, claim_id from longshore.task
          where claim_id = any (array(select id from gone)) and state::text = 'queued'
          for no key update)
      update longshore.task t set state = 'pending', claim_id = null
      from queued where t.id = queued.id
      returning t.id, t.type, t.runs, queued.claim_id
      """;

  /**
   * A slot is free, or one was for a later claim. Where priorities let that one go first, nothing
   * is lost by claiming anew.
   */
  private static final String LATE =
      """
      claimed_at < clock_timestamp() - ? * interval '1 second'
          and (exists (
              select 1 from longshore.claim t
              where t.id > claim.id and t.lane = claim.lane and t.worker is not null
                and t.lease_until is null and t.claimed_at > claim.claimed_at + interval '1 second')
            or (select count(*) from longshore.claim t
               where t.lane = claim.lane and t.worker is not null and t.lease_until is null
                 and not exists (
                     select 1 from longshore.worker d where d.id = t.worker and d.draining))
            < (select coalesce(sum(case claim.lane when 'long' then w.long_slots else w.quick_slots end), 0)
               from longshore.worker w
               where w.state = 'active' and w.lease_until > clock_timestamp()))
      """;

  private static final String OF_LOST_NODES =
      """
      exists (select from longshore.worker w where w.id = claim.claimed_by and w.state = 'lost')
      """;

  private static final String PAUSED =
      """
      (exists (select from longshore.queue where paused)
          or exists (select from longshore.task_type where paused))
        and exists (
            select from longshore.task t
            where t.claim_id = claim.id
              and (t.queue in (select name from longshore.queue where paused)
                or t.type in (select name from longshore.task_type where paused)))
      """;

  @Inject private Sql sql;
  @Inject private Worker worker;
  @Inject private Event<TaskMoved> moved;

  /**
   * Takes back claims that could not be sent.
   *
   * @return how many tasks are pending again
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  public int withdraw(Collection<Dispatched> claims) {
    Long[] ids = claims.stream().map(Dispatched::id).toArray(Long[]::new);
    return fire(list("id = any (?)", (Object) ids), "not sent");
  }

  /**
   * Takes back a claim that has come to a node which takes no more work.
   *
   * @return how many tasks are pending again; 0 when another node was faster
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  public int refuse(long claim) {
    // Else it would wait for the timer of those who claim.
    sql.first("select pg_notify('longshore_work', '')", row -> true);
    return fire(list("id = any (?)", (Object) new Long[] {claim}), "refused");
  }

  /**
   * Takes back claims that no node has taken for that long: their messages are lost. Where every
   * slot of the lane is taken, and by earlier claims, they are not: they wait behind long work.
   *
   * @return how many tasks are pending again
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  public int withdrawOlderThan(Duration age) {
    return fire(list(LATE, age), "message lost");
  }

  /**
   * Takes back claims that lost nodes have made and no node has taken: whether they were sent,
   * nobody knows.
   *
   * @return how many tasks are pending again
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  public int withdrawOfLostNodes() {
    return fire(list(OF_LOST_NODES), "claimed by a lost node");
  }

  /**
   * The same for those that this node's id has made in an earlier life. To be called before the new
   * one makes any.
   *
   * @return how many tasks are pending again
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  public int withdrawOwn() {
    return fire(list("claimed_by = ?", worker.id()), "claimed by a lost node");
  }

  /**
   * Takes back claims that no node has taken and that have tasks of a paused queue or type: else
   * these would start when there is a slot for them, after the pause.
   *
   * @return how many tasks are pending again
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  public int withdrawPaused() {
    return fire(list(PAUSED), "paused");
  }

  private List<TaskMoved> list(String which, Object... parameters) {
    return sql.list(
        BACK_TO_PENDING.formatted(which),
        r ->
            new TaskMoved(
                r.getLong(1),
                r.getString(2),
                TaskState.QUEUED,
                TaskState.PENDING,
                r.getInt(3),
                r.getLong(4),
                worker.id(),
                null,
                0,
                null),
        parameters);
  }

  private int fire(List<TaskMoved> moves, String why) {
    moves.forEach(m -> moved.fire(m.because(why)));
    return moves.size();
  }
}
