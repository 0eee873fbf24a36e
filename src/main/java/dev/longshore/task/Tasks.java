package dev.longshore.task;

import dev.longshore.db.Sql;
import dev.longshore.problem.NotFound;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds tasks and their attempts. */
@ApplicationScoped
public class Tasks {

  /** Payloads may have a mebibyte each: a page ends early rather than fill the memory. */
  private static final long PAGE_CHARACTERS = 8 << 20;

  private static final int PAGE_STEP = 50;

  @PersistenceContext(unitName = "longshore")
  private EntityManager entities;

  @Inject private Sql sql;
  @Inject private TaskList list;

  public Optional<Task> find(long id) {
    // By query, not by identity: inside a transaction find() would answer what was read before.
    return entities
        .createQuery("select t from Task t where t.id = :id", Task.class)
        .setParameter("id", id)
        .setHint("jakarta.persistence.cache.retrieveMode", "BYPASS")
        .setHint("eclipselink.read-only", true)
        .getResultStream()
        .findFirst();
  }

  /**
   * @throws NotFound when there is none
   */
  public Task get(long id) {
    return find(id).orElseThrow(() -> new NotFound("task", id));
  }

  /**
   * Newest first.
   *
   * @param after the id that the page before ended with; {@code null} for the first page
   * @param limit how many tasks at most; fewer where they are long
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  public TaskPage page(TaskFilter filter, Long after, int limit) {
    list.begin();
    List<Task> found = new ArrayList<>();
    Long from = after;
    long characters = 0;
    while (found.size() < limit && characters < PAGE_CHARACTERS) {
      int wanted = Math.min(PAGE_STEP, limit - found.size());
      List<Task> some = list.some(filter, from, wanted + 1); // the one more tells whether there are
      if (some.size() <= wanted) {
        found.addAll(some);
        return new TaskPage(found, null);
      }
      for (Task task : some.subList(0, wanted)) {
        found.add(task);
        characters += task.characters();
      }
      from = found.get(found.size() - 1).id();
    }
    return new TaskPage(found, from);
  }

  /**
   * The runs of a task, first one first.
   *
   * @throws NotFound when there is no such task
   */
  public List<Attempt> attempts(long id) {
    get(id);
    return entities
        .createQuery(
            "select a from Attempt a where a.taskId = :id order by a.startedAt, a.claimId",
            Attempt.class)
        .setParameter("id", id)
        .setHint("eclipselink.read-only", true)
        .getResultList();
  }

  /** By queue and state, without those of which there is none. Counts no rows (V009). */
  public List<TaskCount> counts() {
    return sql.list(
        "select queue, state::text, count from longshore.task_counts order by queue, state",
        row -> new TaskCount(row.getString(1), TaskState.of(row.getString(2)), row.getLong(3)));
  }
}
