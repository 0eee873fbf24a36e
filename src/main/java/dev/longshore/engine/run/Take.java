package dev.longshore.engine.run;

import dev.longshore.db.Sql;
import dev.longshore.engine.batch.TaskJobs;
import dev.longshore.engine.dispatch.Begin;
import dev.longshore.engine.worker.Pace;
import dev.longshore.engine.worker.Worker;
import dev.longshore.task.Lane;
import dev.longshore.task.TaskMoved;
import dev.longshore.task.TaskState;
import dev.longshore.task.TaskType;
import dev.longshore.task.TaskTypes;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.spi.JsonProvider;
import jakarta.transaction.Transactional;
import java.io.StringReader;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** queued → ongoing, by compare-and-set on the claim. */
@ApplicationScoped
class Take {

  /** Kept: finding the provider goes through the service loader, and was a tenth of a task. */
  private static final JsonReaderFactory READERS =
      JsonProvider.provider().createReaderFactory(Map.of());

  @Inject private Sql sql;
  @Inject private Worker worker;
  @Inject private TaskTypes types;
  @Inject private TaskJobs jobs;
  @Inject private Begin begin;
  @Inject private Pace pace;
  @Inject private Event<TaskMoved> moved;

  /**
   * Takes claims of the long lane and their tasks for this life of this node, and opens their
   * attempts.
   *
   * @return by claim its tasks, highest priority first; none when the claim is gone or taken, when
   *     its message came twice or late, or when this node was declared lost
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  Map<Long, List<Taken>> take(Collection<Long> claims) {
    List<Taken> tasks = begin(takeTasks(claims));
    tasks.forEach(this::fire);
    Map<Long, List<Taken>> byClaim = tasks.stream().collect(Collectors.groupingBy(Taken::claim));
    if (byClaim.size() < claims.size()) {
      dropEmpty(claims);
    }
    return byClaim;
  }

  /** First attempts of the long lane have their job on record with this; later ones look for it. */
  private List<Taken> begin(List<Taken> tasks) {
    Map<Long, Long> begun =
        jobs.begin(
            tasks.stream()
                .filter(t -> t.number() == 1 && typeOf(t).lane() == Lane.LONG)
                .map(t -> RunTask.jobOf(typeOf(t), t.task(), t.claim(), 1, 0))
                .toList());
    return begun.isEmpty()
        ? tasks
        : tasks.stream().map(t -> t.begun(begun.getOrDefault(t.task(), 0L))).toList();
  }

  private TaskType typeOf(Taken task) {
    return types.find(task.type()).orElseThrow(); // no claim of another type is taken
  }

  /**
   * Takes a claim of the quick lane. Its tasks begin with it when they will be seen to run, else
   * with their settlement ({@link Begin}).
   *
   * @return as {@link #take}, of this claim
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  List<Taken> takeQuick(long claim) {
    Optional<List<Taken>> taken =
        sql.several(
            TAKE_QUICK,
            statement ->
                statement.getUpdateCount() == 0
                    ? Optional.empty()
                    : Optional.of(Sql.rows(statement, Take::task)),
            claim,
            typeNames(),
            worker.id(),
            worker.run(),
            claim);
    if (taken.isEmpty()) {
      return List.of();
    }
    List<Taken> tasks = taken.get();
    if (tasks.isEmpty()) {
      dropEmpty(List.of(claim));
    } else if (!pace.isBrief(tasks.get(0).type(), tasks.size())
        || tasks.stream().anyMatch(t -> t.losses() > 0)) {
      begin.begin(List.of(claim));
    }
    return tasks;
  }

  /**
   * Nothing that a quick task does is seen before its chunk commits: this may be lost. The tasks
   * are read behind the claim's lock, by a statement of their own: what was cancelled before it is
   * not among them any more.
   */
  private static final String TAKE_QUICK =
      """
      update longshore.claim set worker = w.id, worker_run = w.run, taken_at = clock_timestamp()
      from longshore.worker w
      where claim.id = ? and claim.worker is null and claim.type = any (?) and %s
        and w.id = ? and w.run = ? and w.state = 'active';
      select id, claim_id, type, payload, runs + 1, attempts + 1, max_attempts, losses, outages
      from longshore.task where claim_id = ? order by priority desc, run_at, id
      """
          .formatted(Sql.MAY_BE_LOST);

  private String[] typeNames() {
    return types.all().stream().map(TaskType::name).toArray(String[]::new);
  }

  private List<Taken> takeTasks(Collection<Long> claims) {
    return sql.list(
        Sql.PLANNED_ONCE
            + """
            -- The state as text: the index on it looks good while statistics are behind, and is then
            -- read through every dead entry of a task that has been queued.
            with ours as (
                update longshore.claim set worker = w.id, worker_run = w.run,
                    taken_at = clock_timestamp()
                from longshore.worker w
                where claim.id = any (?) and claim.worker is null and claim.type = any (?)
                  and w.id = ? and w.run = ? and w.state = 'active'
                returning claim.id),
            -- No join: a merge join looks cheap, and reads the index of claims from its beginning,
            -- which is all that has passed since somebody opened a snapshot.
            taken as (
                update longshore.task t
                set state = 'ongoing', worker = ?, runs = runs + 1,
                    attempts = attempts + 1, started_at = clock_timestamp(), ended_at = null,
                    progress = null
                where t.claim_id = any (array(select id from ours)) and t.state::text in %s
                returning t.id, t.claim_id, t.type, t.payload, t.runs, t.attempts, t.max_attempts, t.losses,
                    t.outages, t.priority, t.run_at, t.worker, t.started_at),
            opened as (
                insert into longshore.attempt (claim_id, task_id, number, worker, started_at)
                select claim_id, id, runs, worker, started_at from taken)
            select id, claim_id, type, payload, runs, attempts, max_attempts, losses, outages
            from taken order by priority desc, run_at, id
            """
                .formatted(TaskState.sqlSourcesOf(TaskState.ONGOING)),
        Take::task,
        claims.toArray(Long[]::new),
        typeNames(),
        worker.id(),
        worker.run(),
        worker.id());
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

  /** All of a claim's tasks were cancelled while it waited: nobody else would end it. */
  private void dropEmpty(Collection<Long> claims) {
    sql.update(
        """
        delete from longshore.claim c
        where c.id = any (?) and c.worker = ? and c.worker_run = ?
          and not exists (select 1 from longshore.task t where t.claim_id = c.id offset 0)
        """,
        claims.toArray(Long[]::new),
        worker.id(),
        worker.run());
  }

  private void fire(Taken task) {
    moved.fire(
        new TaskMoved(
            task.task(),
            task.type(),
            TaskState.QUEUED,
            TaskState.ONGOING,
            task.number(),
            task.claim(),
            worker.id(),
            "taken",
            0,
            null));
  }

  private static Taken task(ResultSet row) throws SQLException {
    return new Taken(
        row.getLong(1),
        row.getLong(2),
        row.getString(3),
        json(row.getString(4)),
        row.getInt(5),
        row.getInt(6),
        row.getInt(7),
        row.getInt(8),
        row.getInt(9),
        0);
  }

  private static JsonObject json(String text) {
    try (JsonReader reader = READERS.createReader(new StringReader(text))) {
      return reader.readObject();
    }
  }
}
