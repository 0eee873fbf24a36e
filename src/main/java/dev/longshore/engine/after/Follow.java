package dev.longshore.engine.after;

import dev.longshore.db.Sql;
import dev.longshore.task.TaskMoved;
import dev.longshore.task.TaskState;
import dev.longshore.task.TasksSubmitted;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Works through the news of prerequisites, some hundred at a time. One transaction of all nodes
 * does: two that saw each half of a task's prerequisites end would both leave it waiting.
 */
@ApplicationScoped
public class Follow {

  private static final int MOST = 500;

  private static final String LOCK =
      "select pg_try_advisory_xact_lock(hashtext('longshore.after'))";

  private static final String NEWS =
      "select id, task_id, state::text from longshore.prerequisite_news order by id limit ?";

  /** Of tasks that are just being moved by somebody the next round hears. */
  private static final String STANDING =
      "select id, state::text from longshore.task where id = any (?) for no key update skip locked";

  private static final String THERE = "select id from longshore.task where id = any (?)";

  /** Its end is told from now on (trigger {@code prerequisite_ended}, V015). */
  private static final String WATCH =
      "update longshore.task set has_dependents = true where id = any (?) and not has_dependents";

  /** The rows are what a task still waits for. */
  private static final String MET =
      """
      delete from longshore.prerequisite p
      using unnest(?::bigint[], ?::text[]) e (id, state), longshore.task t
      where p.after_id = e.id and t.id = p.task_id
        and (e.state = 'succeeded' or t.after_failure = 'run')
      returning p.task_id
      """;

  private static final String BROKEN =
      """
      update longshore.task t
      set state = (case t.after_failure when 'fail' then 'failed' else 'cancelled' end)::longshore.task_state,
          ended_at = clock_timestamp(),
          error = format('Task %s, which it comes after, %s.', b.after_id,
              case b.state when 'failed' then 'failed' else 'was cancelled' end)
      from (
          select distinct on (p.task_id) p.task_id, p.after_id, e.state
          from unnest(?::bigint[], ?::text[]) e (id, state)
          join longshore.prerequisite p on p.after_id = e.id
          where e.state <> 'succeeded'
          order by p.task_id, p.after_id) b
      where t.id = b.task_id and t.state = 'pending' and t.held = 'task' and t.after_failure <> 'run'
      returning t.id, t.type, t.state::text, t.runs, t.error
      """;

  /** Due from now: behind the cursor of the claims it would be found later. */
  private static final String LET_GO =
      """
      update longshore.task t
      set held = null, run_at = greatest(run_at, clock_timestamp())
      where t.id = any (?) and t.state = 'pending' and t.held = 'task'
        and not exists (select 1 from longshore.prerequisite p where p.task_id = t.id)
      """;

  static {
    TaskState.PENDING.requireMoves(TaskState.FAILED, TaskState.CANCELLED);
  }

  @Inject private Sql sql;
  @Inject private Event<TaskMoved> moved;
  @Inject private Event<TasksSubmitted> submitted;

  /**
   * Works through some of the news.
   *
   * @param actor who says that a task is cancelled or failed
   * @return whether there may be more
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  public boolean follow(String actor) {
    if (!sql.first(LOCK, row -> row.getBoolean(1)).orElseThrow()) {
      return false;
    }
    List<News> news = sql.list(NEWS, Follow::news, MOST);
    Map<Long, TaskState> ended = new HashMap<>();
    List<Long> done = new ArrayList<>();
    List<News> begun = new ArrayList<>();
    for (News n : news) {
      if (n.state() == null) {
        begun.add(n);
      } else {
        ended.put(n.task(), n.state());
        done.add(n.row());
      }
    }
    watch(begun, ended, done);
    if (!ended.isEmpty()) {
      tell(ended, actor);
    }
    if (!done.isEmpty()) {
      sql.update(
          "delete from longshore.prerequisite_news where id = any (?)",
          (Object) done.toArray(Long[]::new));
    }
    // Nothing done: somebody has a lock on all of these, and the next look would find the same.
    return !done.isEmpty() && (news.size() == MOST || !ended.isEmpty());
  }

  /** Those that have ended already are told now; one that is gone was pruned, and had ended. */
  private void watch(List<News> begun, Map<Long, TaskState> ended, List<Long> done) {
    if (begun.isEmpty()) {
      return;
    }
    Long[] ids = begun.stream().map(News::task).toArray(Long[]::new);
    Map<Long, TaskState> standing = new HashMap<>();
    sql.list(
        STANDING,
        row -> standing.put(row.getLong(1), TaskState.of(row.getString(2))),
        (Object) ids);
    Set<Long> there = Set.copyOf(sql.list(THERE, row -> row.getLong(1), (Object) ids));
    List<Long> watched = new ArrayList<>();
    for (News n : begun) {
      TaskState state = there.contains(n.task()) ? standing.get(n.task()) : TaskState.SUCCEEDED;
      if (state == null) {
        continue;
      }
      done.add(n.row());
      if (state.isFinal()) {
        ended.put(n.task(), state);
      } else {
        watched.add(n.task());
      }
    }
    if (!watched.isEmpty()) {
      sql.update(WATCH, (Object) watched.toArray(Long[]::new));
    }
  }

  private void tell(Map<Long, TaskState> ended, String actor) {
    Long[] ids = ended.keySet().toArray(Long[]::new);
    String[] states = ended.values().stream().map(TaskState::label).toArray(String[]::new);
    sql.list(BROKEN, row -> broken(row, actor), ids, states).forEach(moved::fire);
    List<Long> met = sql.list(MET, row -> row.getLong(1), ids, states);
    if (!met.isEmpty()) {
      int free = sql.update(LET_GO, (Object) met.stream().distinct().toArray(Long[]::new));
      if (free > 0) {
        submitted.fire(new TasksSubmitted(free));
      }
    }
  }

  private static TaskMoved broken(ResultSet row, String actor) throws SQLException {
    return new TaskMoved(
        row.getLong(1),
        row.getString(2),
        TaskState.PENDING,
        TaskState.of(row.getString(3)),
        row.getInt(4),
        0,
        actor,
        "prerequisite",
        0,
        row.getString(5));
  }

  private static News news(ResultSet row) throws SQLException {
    String state = row.getString(3);
    return new News(row.getLong(1), row.getLong(2), state == null ? null : TaskState.of(state));
  }
}
