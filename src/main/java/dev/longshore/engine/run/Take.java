package dev.longshore.engine.run;

import dev.longshore.db.Sql;
import dev.longshore.engine.batch.FirstJobs;
import dev.longshore.engine.batch.JobIds;
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
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/** queued → ongoing, by compare-and-set on the claim. */
@ApplicationScoped
class Take {

  private static final Logger LOG = Logger.getLogger(Take.class.getName());

  /** Kept: finding the provider goes through the service loader, and was a tenth of a task. */
  private static final JsonReaderFactory READERS =
      JsonProvider.provider().createReaderFactory(Map.of());

  @Inject private Sql sql;
  @Inject private Worker worker;
  @Inject private TaskTypes types;
  @Inject private FirstJobs jobs;
  @Inject private Begin begin;
  @Inject private Pace pace;
  @Inject private Event<TaskMoved> moved;

  /** Which types a node has, and their job XML, does not change. */
  private volatile List<Object> jobsOfLongTypes;

  /**
   * Takes claims of the long lane and their tasks for this life of this node, and opens their
   * attempts.
   *
   * @return by claim its tasks, highest priority first; none when the claim is gone or taken, when
   *     its message came twice or late, or when this node was declared lost
   */
  // One statement, which commits by itself. Without this the message-driven bean would keep the
  // connection for as long as the task runs.
  @Transactional(Transactional.TxType.NOT_SUPPORTED)
  Map<Long, List<Taken>> take(Collection<Long> claims) {
    List<Taken> tasks = takeTasks(claims);
    afterwards(() -> tasks.forEach(this::fire));
    Map<Long, List<Taken>> byClaim = tasks.stream().collect(Collectors.groupingBy(Taken::claim));
    if (byClaim.size() < claims.size()) {
      dropEmpty(claims);
    }
    return byClaim;
  }

  /**
   * Takes a claim of the quick lane. Its tasks begin with it when they will be seen to run, else
   * with their settlement ({@link Begin}).
   *
   * @return as {@link #take}, of this claim
   */
  @Transactional(Transactional.TxType.NOT_SUPPORTED) // as take
  List<Taken> takeQuick(long claim) {
    List<Object> parameters =
        new ArrayList<>(List.of(claim, typeNames(), worker.id(), worker.run()));
    parameters.addAll(jobs.ofClaim(RunQuick.JOB));
    parameters.add(claim);
    LongAdder characters = new LongAdder();
    List<Taken> tasks =
        sql.several(
            TAKE_QUICK,
            statement -> {
              List<JobIds> begun =
                  Sql.rows(statement, row -> new JobIds(row.getLong(1), row.getLong(2)));
              return begun.isEmpty()
                  ? List.<Taken>of()
                  : Sql.rows(
                      statement,
                      row -> {
                        characters.add(row.getString(4).length());
                        return task(row, begun.get(0));
                      });
            },
            parameters.toArray());
    if (tasks.isEmpty()) {
      dropEmpty(List.of(claim));
      return tasks;
    }
    pace.carried(tasks.get(0).type(), characters.doubleValue() / tasks.size());
    if (!pace.isBrief(tasks.get(0).type(), tasks.size())
        || tasks.stream().anyMatch(t -> t.losses() > 0)) {
      afterwards(() -> begin.begin(List.of(claim)));
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
      with taken as (
          update longshore.claim set worker = w.id, worker_run = w.run,
              taken_at = clock_timestamp()
          from longshore.worker w
          where claim.id = ? and claim.worker is null and claim.type = any (?) and %s
            and w.id = ? and w.run = ? and w.state = 'active'
          returning claim.id, claim.worker)
      %s;
      select id, claim_id, type, payload, runs + 1, attempts + 1, max_attempts, losses, outages
      from longshore.task where claim_id = ? order by priority desc, run_at, id
      """
          .formatted(Sql.MAY_BE_LOST, FirstJobs.BEGIN_OF_CLAIM);

  private String[] typeNames() {
    return types.all().stream().map(TaskType::name).toArray(String[]::new);
  }

  /** First attempts of the long lane have their job on record with this; later ones look for it. */
  private List<Taken> takeTasks(Collection<Long> claims) {
    List<Object> parameters =
        new ArrayList<>(
            List.of(
                claims.toArray(Long[]::new), typeNames(), worker.id(), worker.run(), worker.id()));
    parameters.addAll(jobsOfLongTypes());
    return sql.list(
        Sql.PLANNED_ONCE,
        """
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
            select claim_id, id, runs, worker, started_at from taken),
        %s
        select t.id, t.claim_id, type, payload, runs, attempts, max_attempts, losses, outages,
            coalesce(b.id, 0)
        from taken t left join begun b on b.task_id = t.id order by priority desc, run_at, t.id
        """
            .formatted(TaskState.sqlSourcesOf(TaskState.ONGOING), FirstJobs.BEGUN),
        row -> task(row, job(row)),
        parameters.toArray());
  }

  private List<Object> jobsOfLongTypes() {
    if (jobsOfLongTypes == null) {
      jobsOfLongTypes =
          jobs.ofTasks(
              types.all().stream().filter(t -> t.lane() == Lane.LONG).toList(),
              RunTask::jobXmlName);
    }
    return jobsOfLongTypes;
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

  /** All of a claim's tasks were cancelled while it waited: nobody else would end it at once. */
  private void dropEmpty(Collection<Long> claims) {
    afterwards(
        () ->
            sql.update(
                """
                delete from longshore.claim c
                where c.id = any (?) and c.worker = ? and c.worker_run = ?
                  and not exists (select 1 from longshore.task t where t.claim_id = c.id offset 0)
                """,
                claims.toArray(Long[]::new),
                worker.id(),
                worker.run()));
  }

  /**
   * What has been taken is to be run, whatever becomes of this: what is not begun here begins when
   * it is seen to last ({@link Watch}), and empty claims are looked for.
   */
  private static void afterwards(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "Not done after a claim was taken, which is run all the same", e);
    }
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

  private static JobIds job(ResultSet row) throws SQLException {
    return row.getLong(10) == 0 ? null : new JobIds(row.getLong(10), row.getLong(1));
  }

  private static Taken task(ResultSet row, JobIds job) throws SQLException {
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
        job);
  }

  private static JsonObject json(String text) {
    try (JsonReader reader = READERS.createReader(new StringReader(text))) {
      return reader.readObject();
    }
  }
}
