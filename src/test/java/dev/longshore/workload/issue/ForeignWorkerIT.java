package dev.longshore.workload.issue;

import static dev.longshore.workload.issue.IssueDatabase.rows;
import static dev.longshore.workload.issue.IssueDatabase.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Programs that are no nodes of ours take issues under a lease and report what became of them. */
class ForeignWorkerIT {

  private IssueDatabase database;
  private Connection session;

  @BeforeEach
  void migrate() throws SQLException {
    database = IssueDatabase.migrated();
    session = database.connect();
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  @Test
  void takesTheOldestIssueUnderALease() throws SQLException {
    issue("first");
    issue("second");
    run(session, "update cape_issues set created_at = now() - interval '1 day' where id = 2");

    assertThat(run(session, "select id, description from get_and_lock_next_issue('alleycat-1')"))
        .isEqualTo("2|second");

    assertThat(status(2)).isEqualTo("started|alleycat-1");
    assertThat(status(1)).isEqualTo("pending|null");
    assertThat(
            run(
                session,
                """
                select t.state, t.worker, t.attempts, a.number, a.worker, a.ended_at, c.claimed_by, c.worker_run,
                  c.lease_until between now() + interval '59 minutes' and now() + interval '61 minutes'
                from longshore.task t join longshore.claim c on c.id = t.claim_id
                join longshore.attempt a on a.task_id = t.id and a.claim_id = c.id
                join cape_issues i on i.task_id = t.id where i.id = 2
                """))
        .isEqualTo("ongoing|alleycat-1|1|1|alleycat-1|null|alleycat-1|null|true");
  }

  @Test
  void answersNothingWhenNothingIsDue() throws SQLException {
    issue("later");
    run(session, "update longshore.task set run_at = now() + interval '1 minute'");

    assertThat(rows(session, "select * from get_and_lock_next_issue('alleycat-1')")).isEmpty();
  }

  @Test
  void isCalledByTheNameThatTheOriginalsParameterHad() throws SQLException {
    issue("first");

    assertThat(run(session, "select id from get_and_lock_next_issue(p_worker_id => 'tyderium-1')"))
        .isEqualTo("1");
  }

  @Test
  void neverGetsAnIssueThatAnotherOneHolds() throws Exception {
    run(
        session,
        "insert into cape_issues (description) select 'issue ' || n from generate_series(1, 200) n");
    ExecutorService workers = Executors.newFixedThreadPool(4);
    try {
      List<Future<List<String>>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Connection own = database.connect();
        String name = "foreign-" + i;
        all.add(workers.submit(takeAll(own, name)));
      }
      List<String> taken = new ArrayList<>();
      for (Future<List<String>> one : all) {
        taken.addAll(one.get());
      }
      assertThat(taken).hasSize(200).doesNotHaveDuplicates();
    } finally {
      workers.shutdownNow();
    }
  }

  private static Callable<List<String>> takeAll(Connection connection, String name) {
    return () -> {
      List<String> taken = new ArrayList<>();
      String id;
      while ((id = run(connection, "select id from get_and_lock_next_issue(?)", name)) != null) {
        taken.add(id);
      }
      return taken;
    };
  }

  @Test
  void stepsPastATaskThatANodeIsClaiming() throws SQLException {
    issue("first");
    issue("second");
    Connection node = database.connect();
    node.setAutoCommit(false);
    run(
        node,
        "select id from longshore.task where state = 'pending' order by id limit 1 for update skip"
            + " locked");

    assertThat(run(session, "select id from get_and_lock_next_issue('alleycat-1')")).isEqualTo("2");
    assertThat(run(session, "select id from get_and_lock_next_issue('alleycat-1')")).isNull();
    node.rollback();
  }

  @Test
  void reportsSuccess() throws SQLException {
    locked("alleycat-1");

    assertThat(run(session, "select report_issue_result(1, 'alleycat-1', true)"))
        .isEqualTo("completed");

    assertThat(status(1)).isEqualTo("completed|alleycat-1");
    assertThat(task()).isEqualTo("succeeded|1|null|null");
    assertThat(run(session, "select outcome, ended_at is null from longshore.attempt"))
        .isEqualTo("succeeded|false");
    assertThat(run(session, "select count(*) from longshore.claim")).isEqualTo("0");
    assertThat(moves()).containsExactly("ongoing>succeeded succeeded by alleycat-1");
  }

  @Test
  void reportsAFailureAndTheIssueComesBackLater() throws SQLException {
    locked("alleycat-1");

    assertThat(run(session, "select report_issue_result(1, 'alleycat-1', false, 'no luck')"))
        .isEqualTo("pending");

    assertThat(status(1)).isEqualTo("pending|null");
    assertThat(task()).isEqualTo("pending|1|null|no luck");
    assertThat(
            run(
                session,
                "select run_at between now() + interval '0.8 s' and now() + interval '1.2 s' from"
                    + " longshore.task"))
        .isEqualTo("true");
    assertThat(rows(session, "select * from get_and_lock_next_issue('alleycat-1')")).isEmpty();
  }

  @Test
  void failsTheIssueWhenItsAttemptsAreUsedUp() throws SQLException {
    locked("alleycat-1");
    run(session, "update longshore.task set max_attempts = 1");

    assertThat(run(session, "select report_issue_result(1, 'alleycat-1', false, 'no luck')"))
        .isEqualTo("failed");

    assertThat(status(1)).isEqualTo("failed|alleycat-1");
    assertThat(task()).isEqualTo("failed|1|null|no luck");
  }

  @Test
  void isRefusedByAnotherName() throws SQLException {
    locked("alleycat-1");

    refused(
        "55000",
        "Worker 'tyderium-1' holds no lease on issue 1: its result was not taken. The issue is"
            + " started by 'alleycat-1'.",
        () -> run(session, "select report_issue_result(1, 'tyderium-1', true)"));
    assertThat(status(1)).isEqualTo("started|alleycat-1");
  }

  @Test
  void isRefusedPastTheLease() throws SQLException {
    locked("alleycat-1");
    run(session, "update longshore.claim set lease_until = now() - interval '1 second'");

    refused(
        "55000",
        "holds no lease on issue 1",
        () -> run(session, "select report_issue_result(1, 'alleycat-1', true)"));
    refused(
        "55000",
        "cannot be set to 'completed'",
        () -> run(session, "update cape_issues set status = 'completed' where id = 1"));
  }

  @Test
  void isRefusedTheSecondTimeItLocksTheSameIssueUnderItsFirstClaim() throws SQLException {
    locked("alleycat-1");
    run(session, "select report_issue_result(1, 'alleycat-1', true)");

    refused(
        "55000",
        "The issue is completed.",
        () -> run(session, "select report_issue_result(1, 'alleycat-1', false)"));
    assertThat(status(1)).isEqualTo("completed|alleycat-1");
  }

  @Test
  void isToldWhatIsWrongWithItsArguments() throws SQLException {
    refused("P0002", "no issue 7", () -> run(session, "select report_issue_result(7, 'a', true)"));
    refused("22023", "needs a name", () -> run(session, "select get_and_lock_next_issue(' ')"));
    refused(
        "22023",
        "over before it begins",
        () -> run(session, "select get_and_lock_next_issue('a', interval '-1 s')"));
    refused(
        "22023", "true or false", () -> run(session, "select report_issue_result(1, 'a', null)"));
  }

  @Test
  void endsItsIssueByTheColumnAlone() throws SQLException {
    locked("alleycat-1");

    run(session, "update cape_issues set status = 'completed' where id = 1");

    assertThat(status(1)).isEqualTo("completed|alleycat-1");
    assertThat(task()).isEqualTo("succeeded|1|null|null");
  }

  @Test
  void givesItsIssueBackByTheColumnAlone() throws SQLException {
    locked("alleycat-1");

    run(session, "update cape_issues set status = 'pending', assigned_to = null where id = 1");

    assertThat(status(1)).isEqualTo("pending|null");
    assertThat(task())
        .isEqualTo("pending|1|null|Worker alleycat-1 set the issue to pending again.");
  }

  @Test
  void locksAnIssueByTheColumnsAlone() throws SQLException {
    issue("first");

    run(session, "update cape_issues set status = 'started', assigned_to = 'x' where id = 1");

    assertThat(task()).isEqualTo("ongoing|1|x|null");
    assertThat(status(1)).isEqualTo("started|x");
  }

  @Test
  void cannotCompleteWhatItDoesNotHold() throws SQLException {
    issue("first");

    refused(
        "55000",
        "Issue 1 is pending: its status cannot be set to 'completed'. Nothing was changed.",
        () -> run(session, "update cape_issues set status = 'completed' where id = 1"));
    assertThat(status(1)).isEqualTo("pending|null");
  }

  @Test
  void doesNotMoveAnIssueThatANodeRuns() throws SQLException {
    issue("first");
    runByNode();

    run(session, "update cape_issues set status = 'completed' where id = 1");

    assertThat(status(1)).isEqualTo("started|node-1");
    assertThat(task()).isEqualTo("ongoing|0|node-1|null");
  }

  @Test
  void needsNoRightsButThoseOnTheTable() throws SQLException {
    run(session, "create role clerk");
    run(session, "grant select, insert, update on cape_issues to clerk");
    run(session, "grant usage on sequence cape_issues_id_seq to clerk");
    run(session, "grant execute on function get_and_lock_next_issue(text) to clerk");
    run(session, "create role stranger");
    run(session, "set role clerk");

    issue("first");
    assertThat(run(session, "select id from get_and_lock_next_issue('clerk')")).isEqualTo("1");
    run(session, "update cape_issues set status = 'completed' where id = 1");
    assertThat(status(1)).isEqualTo("completed|clerk");

    run(session, "set role stranger");
    refused(
        "42501", "permission denied", () -> run(session, "select get_and_lock_next_issue('x')"));
    run(session, "reset role");
    run(session, "drop owned by clerk");
    run(session, "drop role clerk, stranger");
  }

  private void locked(String worker) throws SQLException {
    issue("first");
    run(session, "select get_and_lock_next_issue(?)", worker);
  }

  private void runByNode() throws SQLException {
    run(
        session,
        "insert into longshore.claim (lane, type, claimed_by, worker, worker_run) values ('long',"
            + " 'issue', 'node-1', 'node-1', 1)");
    run(
        session,
        "update longshore.task set state = 'queued', claim_id = (select max(id) from"
            + " longshore.claim)");
    run(session, "update longshore.task set state = 'ongoing', worker = 'node-1'");
  }

  private void issue(String description) throws SQLException {
    run(session, "insert into cape_issues (description) values (?)", description);
  }

  private String status(int id) throws SQLException {
    return run(session, "select status, assigned_to from cape_issues where id = ?", id);
  }

  /** Its state, attempts, worker while it runs, and error. */
  private String task() throws SQLException {
    return run(
        session,
        "select state, attempts, case when state = 'ongoing' then worker end, error from"
            + " longshore.task");
  }

  private List<String> moves() throws SQLException {
    return rows(
        session,
        "select from_state || '>' || to_state || ' ' || outcome || ' by ' || actor from longshore.audit order by id");
  }

  private static void refused(String sqlState, String message, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(sqlState))
        .hasMessageContaining(message);
  }
}
