package dev.longshore.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.db.Sql;
import dev.longshore.engine.worker.Worker;
import dev.longshore.story.Archives;
import dev.longshore.task.Lane;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * In-container tests of one verb of the engine at a time. The node that they run in does nothing by
 * itself: {@link dev.longshore.story.TestServers} sets its intervals to a day.
 */
@ExtendWith(ArquillianExtension.class)
@Execution(ExecutionMode.SAME_THREAD)
public abstract class EngineTestSupport {

  /** Types that no handler has; {@code claim} leaves their tasks alone. */
  protected static final String TYPE = "inside-test";

  @Inject protected Sql sql;
  @Inject protected Worker worker;
  @Inject protected Moves moves;
  @Inject private OpenTransaction open;

  @Resource(lookup = "concurrent/batch")
  protected ManagedExecutorService executor;

  protected static WebArchive archive(Class<?>... tests) {
    return Archives.longshore()
        .addClasses(Archives.class, EngineTestSupport.class, Moves.class, OpenTransaction.class)
        .addClasses(tests);
  }

  @BeforeEach
  void beginEmpty() {
    sql.update("delete from longshore.task");
    sql.update("delete from longshore.claim");
    sql.update("delete from longshore.audit");
    sql.update("delete from longshore.worker where id <> ?", worker.id());
    sql.update("update longshore.worker set state = 'active', run = ?", worker.run());
    declare(TYPE, Lane.LONG);
    moves.clear();
  }

  protected void declare(String type, Lane lane) {
    sql.update(
        """
        insert into longshore.task_type (name, lane, queue, priority, max_attempts,
            backoff_seconds, backoff_factor, backoff_cap)
        values (?, ?, 'default', 4, 5, 1, 2, 300) on conflict do nothing
        """,
        type,
        lane.label());
  }

  /** A pending task that has been due for that long, or will be. */
  protected long pending(String type, int priority, Duration dueSince) {
    return number(
        """
        insert into longshore.task (type, queue, priority, max_attempts, run_at)
        values (?, 'default', ?, 5, now() - ? * interval '1 second') returning id
        """,
        type,
        priority,
        dueSince);
  }

  /** A claim that nobody has taken. */
  protected long claim(String type) {
    return number(
        """
        insert into longshore.claim (lane, type, claimed_by)
        select lane, name, 'a test' from longshore.task_type where name = ? returning id
        """,
        type);
  }

  /** A task that waits under the claim. */
  protected long queued(long claim) {
    return queued(TYPE, claim);
  }

  protected long queued(String type, long claim) {
    long task = pending(type, 4, Duration.ZERO);
    sql.update(
        "update longshore.task set state = 'queued', claim_id = ? where id = ?", claim, task);
    return task;
  }

  /** A claim that this life of the worker, whose row need not be there, has taken. */
  protected long taken(String by, long run) {
    return taken(TYPE, by, run);
  }

  protected long taken(String type, String by, long run) {
    long claim = claim(type);
    sql.update(
        """
        update longshore.claim set worker = ?, worker_run = ?, taken_at = clock_timestamp()
        where id = ?
        """,
        by,
        run,
        claim);
    return claim;
  }

  /** A task whose first attempt is under way under the claim. */
  protected long ongoing(long claim) {
    long task = queued(claim);
    sql.update(
        """
        update longshore.task t set state = 'ongoing', worker = c.worker, runs = 1, attempts = 1,
            started_at = clock_timestamp()
        from longshore.claim c where c.id = t.claim_id and t.id = ?
        """,
        task);
    sql.update(
        """
        insert into longshore.attempt (claim_id, task_id, number, worker)
        select claim_id, id, 1, coalesce(worker, 'nobody') from longshore.task where id = ?
        """,
        task);
    return task;
  }

  protected long number(String query, Object... parameters) {
    return sql.first(query, row -> row.getLong(1), parameters).orElseThrow();
  }

  protected String text(String query, Object... parameters) {
    return sql.first(query, row -> row.getString(1), parameters).orElse(null);
  }

  protected String state(long task) {
    return text("select state::text from longshore.task where id = ?", task);
  }

  protected boolean exists(long claim) {
    return number("select count(*) from longshore.claim where id = ?", claim) == 1;
  }

  /** The attempts of a task, as {@code number outcome}, first one first. */
  protected List<String> attempts(long task) {
    return sql.list(
        "select number || ' ' || coalesce(outcome, 'under way') from longshore.attempt"
            + " where task_id = ? order by number",
        row -> row.getString(1),
        task);
  }

  /** The trail of a task, as {@code from to outcome}. */
  protected List<String> trail(long task) {
    return sql.list(
        "select from_state || ' ' || to_state || ' ' || outcome from longshore.audit"
            + " where task_id = ? order by id",
        row -> row.getString(1),
        task);
  }

  /** Everything that a move could have changed, to show that it changed nothing. */
  protected String everything() {
    return text(
        """
        select concat_ws(E'\\n',
            (select string_agg(t::text, E'\\n' order by id) from longshore.task t),
            (select string_agg(c::text, E'\\n' order by id) from longshore.claim c),
            (select string_agg(a::text, E'\\n' order by task_id, claim_id)
             from longshore.attempt a),
            (select string_agg(u::text, E'\\n' order by id) from longshore.audit u))
        """);
  }

  /** Answers when the work is done, in a transaction that commits when the latch says so. */
  protected CompletableFuture<Void> inOpenTransaction(Runnable work, CountDownLatch end) {
    CountDownLatch done = new CountDownLatch(1);
    CompletableFuture<Void> transaction =
        CompletableFuture.runAsync(() -> open.hold(work, done, end), executor);
    await(done);
    return transaction;
  }

  /** Waits until the work is done, or a statement of somebody's waits for a lock. */
  protected void awaitDoneOrBlocked(CompletableFuture<?> work) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                work.isDone()
                    || number(
                            """
                            select count(*) from pg_stat_activity
                            where wait_event_type = 'Lock' and datname = current_database()
                            """)
                        > 0);
  }

  protected static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).as("came in time").isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
