package dev.longshore.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.db.Sql;
import dev.longshore.story.Archives;
import jakarta.inject.Inject;
import jakarta.transaction.UserTransaction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Lists of what has ended come from one index, group by group. */
@ExtendWith(ArquillianExtension.class)
@Execution(ExecutionMode.SAME_THREAD)
class EndedTasksIT {

  private static final List<String> TYPES = Arrays.asList(null, "ended-a", "ended-b", "ended-c");
  private static final List<String> QUEUES = Arrays.asList(null, "ended-1", "ended-2");
  private static final List<TaskState> STATES =
      Arrays.asList(null, TaskState.SUCCEEDED, TaskState.FAILED, TaskState.CANCELLED);

  @Inject private Sql sql;
  @Inject private Tasks tasks;
  @Inject private EndedTasks ended;
  @Inject private TaskList list;
  @Inject private UserTransaction transaction;

  @Deployment
  static WebArchive archive() {
    return Archives.longshore().addClasses(Archives.class, EndedTasksIT.class);
  }

  @BeforeEach
  void declare() {
    sql.update(
        """
        insert into longshore.task_type (name, lane, queue, priority, max_attempts,
            backoff_seconds, backoff_factor, backoff_cap)
        select 'ended-' || t, 'long', 'default', 4, 5, 1, 2, 300 from unnest(array['a', 'b', 'c']) t
        on conflict do nothing
        """);
  }

  @AfterEach
  void remove() {
    sql.update("delete from longshore.task where type like 'ended-%'");
  }

  private void ended(int count, String type, String queue, String state) {
    sql.update(
        """
        insert into longshore.task (type, queue, priority, max_attempts, state)
        select %s, %s, 4, 1, (%s)::longshore.task_state from generate_series(1, %d) i
        """
            .formatted(type, queue, state, count));
  }

  @Test
  void pageByPageEachFilterFindsWhatItIsToInTheOrderItIsTo() {
    ended(
        700,
        "'ended-' || (array['a', 'b', 'c'])[1 + floor(random() * 3)::int]",
        "'ended-' || 1 + floor(random() * 2)::int",
        "(array['succeeded', 'failed', 'cancelled', 'pending'])[1 + floor(random() * 4)::int]");
    for (TaskState state : STATES) {
      for (String type : TYPES) {
        for (String queue : QUEUES) {
          if (type != null || queue != null) {
            assertThat(pages(new TaskFilter(state, type, queue, null)))
                .as("%s %s %s", state, type, queue)
                .isNotEmpty()
                .isEqualTo(expected(state, type, queue));
          }
        }
      }
    }
  }

  private List<Long> pages(TaskFilter filter) {
    List<Long> found = new ArrayList<>();
    Long after = null;
    do {
      TaskPage page = tasks.page(filter, after, 70);
      page.items().forEach(task -> found.add(task.id()));
      after = page.next();
    } while (after != null);
    return found;
  }

  private List<Long> expected(TaskState state, String type, String queue) {
    return sql.list(
        """
        select id from longshore.task
        where (?::text is null or state::text = ?) and (?::text is null or type = ?)
          and (?::text is null or queue = ?)
        order by id desc
        """,
        row -> row.getLong(1),
        state == null ? null : state.label(),
        state == null ? null : state.label(),
        type,
        type,
        queue,
        queue);
  }

  @Test
  void fewAreFoundWithoutReadingTheManyThatAreNewer() throws Exception {
    ended(3, "'ended-a'", "'ended-1'", "'succeeded'");
    ended(
        20_000, "'ended-b'", "'ended-2'", "case when i % 2 = 0 then 'succeeded' else 'failed' end");
    sql.update("vacuum analyze longshore.task"); // nothing of other tests lies in the way
    transaction.begin();
    try {
      list.begin(); // as the page does, whose reads would count in another session
      long before = reads();
      for (int i = 0; i < 20; i++) { // PostgreSQL may keep a plan from the sixth on
        assertThat(ended.newest(new TaskFilter(null, "ended-a", null, null), null, 50)).hasSize(3);
        assertThat(ended.newest(new TaskFilter(null, null, "ended-1", null), null, 50)).hasSize(3);
        assertThat(ended.newest(new TaskFilter(TaskState.FAILED, null, null, null), null, 50))
            .hasSize(50);
      }
      assertThat(reads() - before).as("entries read").isBetween(20L, 20_000L);
    } finally {
      transaction.rollback();
    }
  }

  /** Entries of the table and its indexes that this transaction's session has read. */
  private long reads() {
    return sql.first(
            """
            select seq_tup_read + (select sum(idx_tup_read) from pg_stat_xact_user_tables s,
                lateral (select pg_stat_get_xact_tuples_returned(i.indexrelid) as idx_tup_read
                         from pg_index i where i.indrelid = s.relid) r
                where s.relid = 'longshore.task'::regclass)
            from pg_stat_xact_user_tables where relid = 'longshore.task'::regclass
            """,
            row -> row.getLong(1))
        .orElseThrow();
  }
}
