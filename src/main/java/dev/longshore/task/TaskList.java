package dev.longshore.task;

import dev.longshore.db.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.Query;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The newest tasks that match a filter, put together from those that are pending, those under a
 * claim, and those that have ended.
 */
@ApplicationScoped
class TaskList {

  /**
   * One snapshot, since a task that moves between two parts would be in both or in none.
   *
   * <p>And planned for its values: a plan that is kept takes any state, type or queue for one that
   * every few tasks are of, and looks for the first of them from the newest id on: 0.6 s where the
   * newest 200,000 are others.
   */
  private static final String BEGIN =
      """
      set transaction isolation level repeatable read;
      select set_config('plan_cache_mode', 'force_custom_plan', true)
      """;

  @PersistenceContext(unitName = "longshore")
  private EntityManager entities;

  @Inject private Sql sql;
  @Inject private EndedTasks ended;

  /** To be called first in a transaction of its own. */
  void begin() {
    sql.first(BEGIN, row -> row.getString(1));
  }

  List<Task> some(TaskFilter filter, Long after, int limit) {
    Map<String, String> where = new LinkedHashMap<>();
    where.put("type", filter.type());
    where.put("queue", filter.queue());
    where.put("key", filter.key());
    where.values().removeIf(Objects::isNull);
    return parts(filter.state(), !where.isEmpty()).stream()
        .flatMap(
            part ->
                (part == Part.ENDED && filter.key() == null
                        ? ended.newest(filter, after, limit)
                        : part(part, filter.state(), where, after, limit))
                    .stream())
        .sorted(Comparator.comparing(Task::id).reversed())
        .limit(limit)
        .toList();
  }

  /** Tasks in one of some states, each part with indexes of its own (V032, V056). */
  private enum Part {
    ANY("longshore.task", "true"),
    PENDING("longshore.task", "state = 'pending'"),
    /** Claim by claim: the index of claims holds all that has passed since the last vacuum. */
    CLAIMED(
        """
        (select * from longshore.task
         where claim_id = any (array(select id from longshore.claim)) offset 0)""",
        "state in ('queued', 'ongoing')"),
    ENDED("longshore.task", "state in ('succeeded', 'failed', 'cancelled')");

    private final String rows;
    private final String condition;

    Part(String rows, String condition) {
      this.rows = rows;
      this.condition = condition;
    }

    static Part of(TaskState state) {
      return state == TaskState.PENDING ? PENDING : state.isFinal() ? ENDED : CLAIMED;
    }
  }

  private static List<Part> parts(TaskState state, boolean filtered) {
    if (state != null) {
      return List.of(Part.of(state));
    }
    return filtered ? List.of(Part.PENDING, Part.CLAIMED, Part.ENDED) : List.of(Part.ANY);
  }

  @SuppressWarnings("unchecked") // a native query is of no type
  private List<Task> part(
      Part part, TaskState state, Map<String, String> where, Long after, int limit) {
    List<Object> parameters = new ArrayList<>();
    String known =
        (state == null ? part.condition : "state = '" + state.label() + "'")
            + (after == null ? "" : " and id < ?" + add(after, parameters));
    StringBuilder query = new StringBuilder("select * from ");
    query.append(part.rows).append(" t where ").append(known);
    if (state != null && hasEntries(part, state, "state")) {
      query.append(behindFirst(known));
    }
    where.forEach(
        (column, value) -> {
          String condition = known + " and " + column + " = ?" + add(value, parameters);
          query.append(" and ").append(condition);
          if (hasEntries(part, state, column)) {
            query.append(behindFirst(condition));
          }
        });
    Query found =
        entities.createNativeQuery(query.append(" order by id desc").toString(), Task.class);
    for (int i = 0; i < parameters.size(); i++) {
      found.setParameter(i + 1, parameters.get(i));
    }
    return found.setMaxResults(limit).setHint("eclipselink.read-only", true).getResultList();
  }

  private static int add(Object value, List<Object> parameters) {
    parameters.add(value);
    return parameters.size();
  }

  /** Whether an index finds the newest task of the part by this column alone. */
  private static boolean hasEntries(Part part, TaskState state, String column) {
    return switch (part) {
      case PENDING -> true;
      case ENDED -> column.equals("key") || column.equals("state") && state != TaskState.SUCCEEDED;
      case CLAIMED, ANY -> false; // all of them are read, or nothing is asked
    };
  }

  /**
   * Where the first task is that meets a condition: PostgreSQL takes them for evenly spread over
   * all ids, and would walk from the newest through a million of others to find some.
   */
  private static String behindFirst(String condition) {
    return " and id <= (select max(id) from longshore.task where " + condition + ")";
  }
}
