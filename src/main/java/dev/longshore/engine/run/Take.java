package dev.longshore.engine.run;

import dev.longshore.db.Sql;
import dev.longshore.engine.worker.Worker;
import dev.longshore.task.TaskMoved;
import dev.longshore.task.TaskState;
import dev.longshore.task.TaskType;
import dev.longshore.task.TaskTypes;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.transaction.Transactional;
import java.io.StringReader;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** queued → ongoing, by compare-and-set on the claim. */
@ApplicationScoped
class Take {

  @Inject private Sql sql;
  @Inject private Worker worker;
  @Inject private TaskTypes types;
  @Inject private Event<TaskMoved> moved;

  /**
   * Takes a claim and its tasks for this life of this node, and opens their attempts.
   *
   * @return the tasks, highest priority first; none when the claim is gone or taken, when its
   *     message came twice or late, or when this node was declared lost
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  List<Taken> take(long claim) {
    List<Taken> tasks =
        sql.list(
            """
            -- The state as text: the index on it looks good while statistics are behind, and is then
            -- read through every dead entry of a task that has been queued.
            with ours as (
                update longshore.claim set worker = w.id, worker_run = w.run,
                    taken_at = clock_timestamp()
                from longshore.worker w
                where claim.id = ? and claim.worker is null and claim.type = any (?)
                  and (claim.lane = 'long' or %s)
                  and w.id = ? and w.run = ? and w.state = 'active'
                returning claim.id, claim.worker),
            taken as (
                update longshore.task t
                set state = 'ongoing', worker = ours.worker, runs = runs + 1,
                    attempts = attempts + 1, started_at = clock_timestamp(), ended_at = null,
                    progress = null
                from ours where t.claim_id = ours.id and t.state::text in %s
                returning t.id, t.type, t.payload, t.runs, t.attempts, t.max_attempts, t.losses,
                    t.priority, t.run_at, t.started_at),
            opened as (
                insert into longshore.attempt (claim_id, task_id, number, worker, started_at)
                select ours.id, taken.id, taken.runs, ours.worker, taken.started_at
                from taken, ours)
            select id, type, payload, runs, attempts, max_attempts, losses
            from taken order by priority desc, run_at, id
            """
                // Nothing that a quick task does is seen before its chunk commits.
                .formatted(Sql.MAY_BE_LOST, TaskState.sqlSourcesOf(TaskState.ONGOING)),
            Take::task,
            claim,
            types.all().stream().map(TaskType::name).toArray(String[]::new),
            worker.id(),
            worker.run());
    if (tasks.isEmpty()) {
      dropEmpty(claim);
    }
    tasks.forEach(t -> fire(t, claim));
    return tasks;
  }

  /** Whether the claim waits for a node that knows its type. */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  boolean isOfAnotherBuild(long claim) {
    return sql.first(
            "select type from longshore.claim where id = ? and worker is null",
            row -> row.getString(1),
            claim)
        .filter(type -> types.find(type).isEmpty())
        .isPresent();
  }

  /** All of its tasks were cancelled while it waited: nobody else would end it. */
  private void dropEmpty(long claim) {
    sql.update(
        """
        delete from longshore.claim c
        where c.id = ? and c.worker = ? and c.worker_run = ?
          and not exists (select 1 from longshore.task t where t.claim_id = c.id)
        """,
        claim,
        worker.id(),
        worker.run());
  }

  private void fire(Taken task, long claim) {
    moved.fire(
        new TaskMoved(
            task.task(),
            task.type(),
            TaskState.QUEUED,
            TaskState.ONGOING,
            task.number(),
            claim,
            worker.id(),
            "taken",
            0,
            null));
  }

  private static Taken task(ResultSet row) throws SQLException {
    return new Taken(
        row.getLong(1),
        row.getString(2),
        json(row.getString(3)),
        row.getInt(4),
        row.getInt(5),
        row.getInt(6),
        row.getInt(7));
  }

  private static JsonObject json(String text) {
    try (JsonReader reader = Json.createReader(new StringReader(text))) {
      return reader.readObject();
    }
  }
}
