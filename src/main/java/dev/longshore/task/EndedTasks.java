package dev.longshore.task;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.util.List;

/**
 * The newest tasks that have ended, of a state, a type, a queue, or all.
 *
 * <p>One index holds them, group by group: an entry in one for each question was a seventh of what
 * a quick task costs (docs/performance.md). The groups are found by going from each one's newest
 * entry to that of the group before: the oldest ones are pruned, and leave dead entries behind. Of
 * as many groups as tasks are wanted, those whose newest tasks are the newest, the tasks are read.
 */
@ApplicationScoped
class EndedTasks {

  /**
   * Rows are compared as a whole, also where parts of them are known to be equal: else the order is
   * one of ids alone, and PostgreSQL looks for a group by walking through all tasks.
   */
  private static final String NEWEST =
      """
      with recursive ended (state, type, queue) as (
          (select state, type, queue from longshore.task
           where state in ('succeeded', 'failed', 'cancelled')
           order by state desc, type desc, queue desc, id desc limit 1)
          union all
          select next.* from ended e, lateral (
              select t.state, t.type, t.queue from longshore.task t
              where t.state in ('succeeded', 'failed', 'cancelled')
                and (t.state, t.type, t.queue) < (e.state, e.type, e.queue)
              order by t.state desc, t.type desc, t.queue desc, t.id desc limit 1) next),
      newest as (
          select e.state, e.type, e.queue, n.id from ended e, lateral (
              select t.id from longshore.task t
              where t.state in ('succeeded', 'failed', 'cancelled')
                and (t.state, t.type, t.queue, t.id) < (e.state, e.type, e.queue, ?1)
                and (t.state, t.type, t.queue) >= (e.state, e.type, e.queue)
              order by t.state desc, t.type desc, t.queue desc, t.id desc limit 1) n
          where e.state = coalesce(cast(cast(?2 as text) as longshore.task_state), e.state)
            and e.type = coalesce(cast(?3 as text), e.type)
            and e.queue = coalesce(cast(?4 as text), e.queue)
          order by n.id desc limit ?5)
      select t.* from newest n, lateral (
          select * from longshore.task t
          where t.state in ('succeeded', 'failed', 'cancelled')
            and (t.state, t.type, t.queue, t.id) <= (n.state, n.type, n.queue, n.id)
            and (t.state, t.type, t.queue) >= (n.state, n.type, n.queue)
          order by t.state desc, t.type desc, t.queue desc, t.id desc limit ?5) t
      order by t.id desc limit ?5
      """;

  @PersistenceContext(unitName = "longshore")
  private EntityManager entities;

  /**
   * @param filter whose state is final, or open; its key is not asked for
   * @param after as {@link Tasks#page}
   */
  @SuppressWarnings("unchecked") // a native query is of no type
  List<Task> newest(TaskFilter filter, Long after, int limit) {
    return entities
        .createNativeQuery(NEWEST, Task.class)
        .setParameter(1, after == null ? Long.MAX_VALUE : after)
        .setParameter(2, filter.state() == null ? null : filter.state().label())
        .setParameter(3, filter.type())
        .setParameter(4, filter.queue())
        .setParameter(5, limit)
        .setHint("eclipselink.read-only", true)
        .getResultList();
  }
}
