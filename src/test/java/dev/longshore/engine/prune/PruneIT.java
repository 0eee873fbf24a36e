package dev.longshore.engine.prune;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.local.Node;
import dev.longshore.story.Cluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** History goes by age and by count, and nothing that is still of use goes with it. */
class PruneIT {

  private static final Map<String, String> SETTINGS =
      Map.of(
          "LONGSHORE_PRUNE_INTERVAL", "PT2S",
          "LONGSHORE_PRUNE_AFTER", "P14D",
          "LONGSHORE_PRUNE_AUDIT_AFTER", "P90D",
          "LONGSHORE_PRUNE_KEEP", "50");

  private static Cluster cluster;

  @BeforeAll
  static void start() {
    cluster = Cluster.named("prune");
    Node first = cluster.starting("first", SETTINGS);
    Node second = cluster.starting("second", SETTINGS);
    first.awaitReady(Duration.ofMinutes(4));
    second.awaitReady(Duration.ofMinutes(4));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void whatEndedLongAgoGoesWithAllThatBelongsToIt() throws SQLException {
    noteWhatEachTransactionRemoves();
    cluster.execute(
        """
        insert into longshore.audit (at, actor, task_id, type, from_state, to_state, attempt, outcome)
        values (now() - interval '91 days', 'ancient', 1, 'noop', 'ongoing', 'succeeded', 1, 'succeeded')
        """);
    cluster.execute(
        """
        with old as (
            insert into longshore.task (type, queue, state, priority, max_attempts, key, created_at, ended_at)
            select 'noop', 'default', (array['succeeded', 'failed', 'cancelled'])[1 + n % 3]::longshore.task_state,
                4, 5, 'old', now() - interval '20 days', now() - interval '15 days'
            from generate_series(1, 1200) n
            returning id),
        kept as (
            insert into longshore.task (type, queue, state, priority, max_attempts, key, created_at, ended_at, run_at)
            values ('noop', 'default', 'failed', 4, 5, 'kept', now() - interval '20 days', now() - interval '13 days', now()),
                ('noop', 'default', 'pending', 4, 5, 'kept', now() - interval '20 days', null, '2100-01-01')),
        attempts as (
            insert into longshore.attempt (claim_id, task_id, number, worker) select id, id, 1, 'w' from old),
        executions as (
            insert into longshore.job_execution (instance_id, task_id, claim_id, worker, job_name, job_xml, status,
                created_at, ended_at)
            select id, id, id, 'w', 'old', 'old', 'COMPLETED', now() - interval '20 days', now() - interval '15 days'
            from old returning id),
        steps as (
            insert into longshore.step_execution (id, job_execution_id, step_name, status, started_at)
            select nextval('longshore.step_execution_id'), id, 'one', 'COMPLETED', now() from executions)
        insert into longshore.audit (at, actor, task_id, type, from_state, to_state, attempt, outcome)
        select now() - interval '20 days', 'w', id, 'noop', 'ongoing', 'succeeded', 1, 'succeeded' from old
        """);
    cluster.execute(
        """
        insert into longshore.job_execution (instance_id, claim_id, worker, job_name, job_xml, status, created_at, ended_at)
        select nextval('longshore.job_instance_id'), 1000000 + n, 'w', 'claim', 'claim',
            case n when 1 then 'STARTED' else 'COMPLETED' end,
            now() - interval '20 days', case n when 1 then null else now() - interval '20 days' end
        from generate_series(1, 1200) n
        """);
    cluster.execute(
        """
        insert into longshore.worker (id, run, host, pid, version, state, seen_at, lease_until, long_slots, quick_slots)
        select name, 0, 'h', 1, 'v', 'lost', now() - age, now() - age, 1, 1
        from (values ('gone', interval '15 days'), ('lately', interval '1 day')) w (name, age)
        """);

    awaitZero("select count(*) from longshore.task where key = 'old'");
    awaitZero("select count(*) from longshore.worker where id = 'gone'");
    // Among younger rows, so in several rounds.
    awaitZero(
        "select count(*) from longshore.job_execution"
            + " where job_name = 'claim' and status = 'COMPLETED'");
    assertThat(number("longshore.attempt where worker = 'w'")).isZero();
    assertThat(number("longshore.job_execution where job_name = 'old'")).isZero();
    assertThat(number("longshore.step_execution where step_name = 'one'")).isZero();
    assertThat(number("longshore.job_execution where job_name = 'claim' and status = 'STARTED'"))
        .as("a live one")
        .isEqualTo(1);
    assertThat(number("longshore.task where key = 'kept'")).isEqualTo(2);
    assertThat(number("longshore.audit where actor = 'ancient'")).isZero();
    assertThat(number("longshore.audit where actor = 'w'")).as("the trail").isEqualTo(1200);
    assertThat(number("longshore.worker where id in ('lately', 'first', 'second')")).isEqualTo(3);
    assertThat(removed("task")).as("in slices").isNotEmpty().allMatch(rows -> rows <= 500);
    assertThat(removed("job_execution")).isNotEmpty().allMatch(rows -> rows <= 500);
  }

  /** By triggers: nobody can look at what a transaction has removed. */
  private static void noteWhatEachTransactionRemoves() throws SQLException {
    cluster.execute(
        """
        create table public.removed (name text, transaction xid8, rows bigint);
        create function public.note() returns trigger language plpgsql as $$
        begin
          insert into public.removed select tg_table_name, pg_current_xact_id(), count(*) from gone;
          return null;
        end $$;
        create trigger note after delete on longshore.task
            referencing old table as gone for each statement execute function public.note();
        create trigger note after delete on longshore.job_execution
            referencing old table as gone for each statement execute function public.note();
        """);
  }

  /** How many rows of the table each transaction has removed that removed any. */
  private static List<Long> removed(String table) throws SQLException {
    return cluster.query(
        """
        select sum(rows) from public.removed where name = '%s' and rows > 0 group by transaction
        """
            .formatted(table),
        row -> row.getLong(1));
  }

  @Test
  void beyondTheCountTheOldestFinishedTasksGo() throws SQLException {
    cluster.execute(
        """
        insert into longshore.task (type, queue, state, priority, max_attempts, key, ended_at)
        select 'noop', 'default', 'succeeded', 4, 5, 'many', now() from generate_series(1, 700)
        """);
    awaitZero(
        """
        select greatest(count(*) - 50, 0) from longshore.task
        where state in ('succeeded', 'failed', 'cancelled')
        """);
    assertThat(
            cluster.number(
                """
                select count(*) from (select id from longshore.task
                    where state in ('succeeded', 'failed', 'cancelled') order by id desc limit 50) kept
                join longshore.task t using (id) where t.key = 'many'
                """))
        .isEqualTo(50);
    assertThat(
            cluster.number(
                "select sum(count) from longshore.task_counts"
                    + " where state in ('succeeded', 'failed', 'cancelled')"))
        .isEqualTo(50);
  }

  /** Whoever submits locks no route, and has the tasks of one that is open not lose theirs. */
  @Test
  void aRouteThatNobodyUsesGoesAndNoneIsMissingUnderATaskThatIsJustBeingSubmitted()
      throws SQLException {
    String task =
        """
        insert into longshore.task (type, queue, state, priority, max_attempts, ended_at, run_at)
        values ('noop', 'route-%s', '%s', 4, 5, %s, '2100-01-01')
        """;
    cluster.execute(task.formatted("left", "cancelled", "now()"));
    cluster.execute(task.formatted("waits", "pending", "null"));
    cluster.execute(task.formatted("open", "cancelled", "now()"));
    used("7 days");
    try (Connection submitter = cluster.connect();
        Statement statement = submitter.createStatement()) {
      submitter.setAutoCommit(false);
      statement.execute(task.formatted("open", "pending", "null"));
      used("9 days");
      awaitZero("select count(*) from longshore.route where queue in ('route-left', 'route-open')");
      submitter.commit();
    }
    assertThat(number("longshore.route where queue = 'route-open'")).isEqualTo(1);
    assertThat(number("longshore.route where queue = 'route-waits'")).isEqualTo(1);

    cluster.execute(
        "update longshore.task set state = 'pending', ended_at = null where queue = 'route-left'");
    assertThat(number("longshore.route where queue = 'route-left'")).as("tried again").isEqualTo(1);
    // One more each day that it is used, and the old ones go.
    used("9 days");
    cluster.execute(task.formatted("waits", "pending", "null"));
    assertThat(number("longshore.route where queue = 'route-waits'")).isEqualTo(2);
    awaitOne("select count(*) from longshore.route where queue = 'route-waits'");
  }

  private static void used(String ago) throws SQLException {
    cluster.execute(
        "update longshore.route set used_at = now() - interval '%s' where queue like 'route-%%'"
            .formatted(ago));
  }

  @Test
  void ofTwoNodesOneAtATimePrunes() throws SQLException {
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> number("longshore.job_execution where job_name = 'prune'") >= 4);
    assertThat(
            cluster.number(
                """
                            select count(*) from (
                                select created_at - lag(created_at) over w as since,
                                    started_at < lag(ended_at) over w as overlap
                                from longshore.job_execution where job_name = 'prune'
                                window w as (order by created_at)) p
                            where since < interval '2 seconds' or overlap
                            """))
        .isZero();
  }

  private static long number(String of) throws SQLException {
    return cluster.number("select count(*) from " + of);
  }

  private static void awaitZero(String query) {
    await(query, 0);
  }

  private static void awaitOne(String query) {
    await(query, 1);
  }

  private static void await(String query, long wanted) {
    Awaitility.await(query)
        .atMost(Duration.ofSeconds(90))
        .until(() -> cluster.number(query) == wanted);
  }
}
