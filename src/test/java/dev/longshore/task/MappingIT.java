package dev.longshore.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.db.Sql;
import dev.longshore.story.Archives;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import jakarta.transaction.UserTransaction;
import java.io.StringReader;
import java.time.OffsetDateTime;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The entities say what SQL wrote. */
@ExtendWith(ArquillianExtension.class)
@Execution(ExecutionMode.SAME_THREAD)
class MappingIT {

  private static final String PAYLOAD =
      """
      {"nested": {"list": [1, null, {"deep": [[]]}], "empty": {}},
       "text": "Grüße, 港 \\ud83d\\udea2 \\" \\\\ \\n",
       "big": 123456789012345678901234567890.000000000000000000001,
       "small": -1e-30, "yes": true}
      """;

  @Inject private Sql sql;
  @Inject private Tasks tasks;
  @Inject private TaskList list;
  @Inject private UserTransaction transaction;

  @Deployment
  static WebArchive archive() {
    return Archives.longshore().addClasses(Archives.class, MappingIT.class);
  }

  @BeforeEach
  void declare() {
    sql.update(
        """
        insert into longshore.task_type (name, lane, queue, priority, max_attempts,
            backoff_seconds, backoff_factor, backoff_cap)
        values ('mapping-test', 'long', 'default', 4, 5, 1, 2, 300) on conflict do nothing
        """);
  }

  @Test
  void everyColumnOfATaskIsRead() {
    Task task =
        insert(
            """
            insert into longshore.task (type, queue, state, priority, payload, key, unique_key,
                runs, attempts, losses, max_attempts, run_at, created_at, started_at, ended_at,
                claim_id, worker, cancel_requested, progress, result, error)
            values ('mapping-test', 'q', 'ongoing', 9, ?::jsonb, 'k', 'u' || clock_timestamp(), 3,
                2, 1, 7, '2026-02-03 04:05:06.123456+05:30', '1999-12-31 23:59:59.999999-11',
                '2026-03-29 02:30:00.000001+02', '2100-01-01 00:00:00+14', 12345678901, 'w', true,
                '{"done": 1}', '{"r": []}', E'line\\nline')
            returning id
            """,
            PAYLOAD);

    assertThat(task.type()).isEqualTo("mapping-test");
    assertThat(task.queue()).isEqualTo("q");
    assertThat(task.state()).isEqualTo(TaskState.ONGOING);
    assertThat(task.priority()).isEqualTo(9);
    assertThat(json(task.payload())).isEqualTo(json(PAYLOAD));
    assertThat(task.payload())
        .contains("123456789012345678901234567890.000000000000000000001", "Grüße, 港 🚢");
    assertThat(task.key()).isEqualTo("k");
    assertThat(task.uniqueKey()).startsWith("u2");
    assertThat(List.of(task.attempts(), task.maxAttempts())).containsExactly(2, 7);
    assertThat(task.worker()).isEqualTo("w");
    assertThat(task.cancelRequested()).isTrue();
    assertThat(json(task.progress())).isEqualTo(json("{\"done\":1}"));
    assertThat(json(task.result())).isEqualTo(json("{\"r\":[]}"));
    assertThat(task.error()).isEqualTo("line\nline");
    // The instants, to the microsecond, whatever offset they were written with.
    assertThat(task.runAt()).isEqualTo(at("2026-02-02T22:35:06.123456Z"));
    assertThat(task.createdAt()).isEqualTo(at("2000-01-01T10:59:59.999999Z"));
    assertThat(task.startedAt()).isEqualTo(at("2026-03-29T00:30:00.000001Z"));
    assertThat(task.endedAt()).isEqualTo(at("2099-12-31T10:00:00Z"));
  }

  @Test
  void whatIsNullIsNull() {
    Task task =
        insert(
            """
            insert into longshore.task (type, queue, priority, max_attempts)
            values ('mapping-test', 'default', 0, 1) returning id
            """);

    assertThat(task.state()).isEqualTo(TaskState.PENDING);
    assertThat(task.payload()).isEqualTo("{}");
    assertThat(task.runAt()).isNotNull();
    assertThat(task.createdAt()).isNotNull();
    assertThat(task.cancelRequested()).isFalse();
    assertThat(task)
        .extracting(
            Task::key,
            Task::uniqueKey,
            Task::startedAt,
            Task::endedAt,
            Task::worker,
            Task::progress,
            Task::result,
            Task::error)
        .containsOnlyNulls();
  }

  @Test
  void everyStateIsReadAndFound() {
    String queue = "states-" + System.nanoTime();
    sql.update(
        "insert into longshore.claim (id, lane, type, claimed_by)"
            + " values (1, 'long', 'mapping-test', 'a test') on conflict do nothing");
    for (TaskState state : TaskState.values()) {
      Task task =
          insert(
              """
              insert into longshore.task (type, queue, priority, max_attempts, state, claim_id)
              values ('mapping-test', ?, 4, 1, ?::longshore.task_state,
                  case when ? in ('queued', 'ongoing') then 1 end) returning id
              """,
              queue,
              state.label(),
              state.label());

      assertThat(task.state()).isEqualTo(state);
      TaskFilter filter = new TaskFilter(state, null, queue, null);
      assertThat(tasks.page(filter, null, 10).items())
          .extracting(Task::id)
          .containsExactly(task.id());
    }
    assertThat(tasks.counts().stream().filter(c -> c.queue().equals(queue)))
        .extracting(TaskCount::state)
        .containsExactlyInAnyOrder(TaskState.values());
  }

  @Test
  void aPageOfFewIsFoundWithoutReadingTheManyThatAreNewer() throws Exception {
    Task failed =
        insert(
            """
            insert into longshore.task (type, queue, priority, max_attempts, state, key)
            values ('mapping-test', 'pages', 4, 1, 'failed', 'rare') returning id
            """);
    sql.update(
        """
        insert into longshore.task (type, queue, priority, max_attempts, state, key)
        select 'mapping-test', 'pages', 4, 1,
            (array['succeeded', 'cancelled'])[1 + i % 2]::longshore.task_state, 'k' || i
        from generate_series(1, 20000) i
        """);
    sql.update("analyze longshore.task");
    transaction.begin();
    try {
      list.begin(); // as the page does, whose reads would count in another session
      long before = reads();
      for (int i = 0; i < 20; i++) { // PostgreSQL may keep a plan from the sixth on
        assertThat(list.some(new TaskFilter(TaskState.FAILED, null, null, "rare"), null, 10))
            .extracting(Task::id)
            .containsExactly(failed.id());
      }
      assertThat(reads() - before).as("tasks read").isBetween(20L, 2_000L);
    } finally {
      transaction.rollback();
      sql.update("delete from longshore.task where queue = 'pages'");
    }
  }

  /** Tasks read by this transaction's session. */
  private long reads() {
    return sql.first(
            """
            select seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables
            where relid = 'longshore.task'::regclass
            """,
            row -> row.getLong(1))
        .orElseThrow();
  }

  @Test
  void aTaskIsReadAsItStandsNowNotAsItStoodBefore() {
    Task before =
        insert(
            """
            insert into longshore.task (type, queue, priority, max_attempts)
            values ('mapping-test', 'default', 0, 1) returning id
            """);

    sql.update("update longshore.task set priority = 7 where id = ?", before.id());

    assertThat(tasks.get(before.id()).priority()).isEqualTo(7);
  }

  @Test
  void everyColumnOfAnAttemptIsRead() {
    long id =
        insert(
                """
                insert into longshore.task (type, queue, priority, max_attempts)
                values ('mapping-test', 'default', 0, 1) returning id
                """)
            .id();
    sql.update(
        """
        insert into longshore.attempt (claim_id, task_id, number, worker, started_at, ended_at,
            outcome, error, job_execution)
        values (9007199254740993, ?, 1, 'w', '2026-02-03 04:05:06.123456+05:30',
                '2026-02-03 04:05:07.000001+05:30', 'timed out', 'Grüße 🚢', 4611686018427387905),
            (9007199254740994, ?, 2, 'v', '2026-02-04 00:00:00+00', null, null, null, null)
        """,
        id,
        id);

    List<Attempt> attempts = tasks.attempts(id);

    assertThat(attempts).extracting(Attempt::number).containsExactly(1, 2);
    Attempt first = attempts.get(0);
    assertThat(first.taskId()).isEqualTo(id);
    assertThat(first.claimId()).isEqualTo(9007199254740993L);
    assertThat(first.worker()).isEqualTo("w");
    assertThat(first.startedAt()).isEqualTo(at("2026-02-02T22:35:06.123456Z"));
    assertThat(first.endedAt()).isEqualTo(at("2026-02-02T22:35:07.000001Z"));
    assertThat(first.outcome()).isEqualTo("timed out");
    assertThat(first.error()).isEqualTo("Grüße 🚢");
    assertThat(first.jobExecution()).isEqualTo(4611686018427387905L);
    assertThat(attempts.get(1))
        .extracting(Attempt::endedAt, Attempt::outcome, Attempt::error, Attempt::jobExecution)
        .containsOnlyNulls();
  }

  private Task insert(String statement, Object... parameters) {
    return tasks.get(sql.first(statement, row -> row.getLong(1), parameters).orElseThrow());
  }

  private static OffsetDateTime at(String text) {
    return OffsetDateTime.parse(text);
  }

  private static JsonValue json(String text) {
    try (JsonReader reader = Json.createReader(new StringReader(text))) {
      return reader.readValue();
    }
  }
}
