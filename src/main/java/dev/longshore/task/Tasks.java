package dev.longshore.task;

import dev.longshore.problem.NotFound;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.TypedQuery;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds tasks and their attempts. */
@ApplicationScoped
public class Tasks {

  @PersistenceContext(unitName = "longshore")
  private EntityManager entities;

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
   */
  public List<Task> page(TaskFilter filter, Long after, int limit) {
    Map<String, Object> where = new LinkedHashMap<>();
    put(where, "t.state = :state", filter.state());
    put(where, "t.type = :type", filter.type());
    put(where, "t.queue = :queue", filter.queue());
    put(where, "t.key = :key", filter.key());
    put(where, "t.id < :after", after);
    String conditions =
        where.isEmpty()
            ? ""
            : where.keySet().stream().collect(Collectors.joining(" and ", " where ", ""));
    TypedQuery<Task> query =
        entities.createQuery(
            "select t from Task t" + conditions + " order by t.id desc", Task.class);
    where.forEach(
        (text, value) -> query.setParameter(text.substring(text.indexOf(':') + 1), value));
    return query.setMaxResults(limit).setHint("eclipselink.read-only", true).getResultList();
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

  /** By queue and state, without those of which there is none. */
  public List<TaskCount> counts() {
    return entities
        .createQuery(
            "select new dev.longshore.task.TaskCount(t.queue, t.state, count(t)) from Task t"
                + " group by t.queue, t.state order by t.queue, t.state",
            TaskCount.class)
        .getResultList();
  }

  private static void put(Map<String, Object> where, String condition, Object value) {
    if (value != null) {
      where.put(condition, value);
    }
  }
}
