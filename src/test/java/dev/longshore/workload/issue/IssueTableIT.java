package dev.longshore.workload.issue;

import static dev.longshore.workload.issue.IssueDatabase.rows;
import static dev.longshore.workload.issue.IssueDatabase.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The table cape_issues and the tasks behind it go together, in the transaction of the writer. */
class IssueTableIT {

  private static final String TASK =
      "select type, state, payload, key, unique_key from longshore.task order by id desc";

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
  void anInsertSubmits() throws SQLException {
    assertThat(run(session, "insert into cape_issues (description) values ('Fix it') returning id"))
        .isEqualTo("1");

    assertThat(run(session, TASK))
        .isEqualTo("issue|pending|{\"issue\": 1, \"description\": \"Fix it\"}|issue:1|issue:1");
    assertThat(run(session, "select task_id = (select id from longshore.task) from cape_issues"))
        .isEqualTo("true");
  }

  @Test
  void anInsertThatIsRolledBackSubmitsNothing() throws SQLException {
    session.setAutoCommit(false);
    run(session, "insert into cape_issues (description) values ('Fix it')");
    session.rollback();

    assertThat(run(session, "select count(*) from longshore.task")).isEqualTo("0");
  }

  @Test
  void aRowThatAConflictLeavesOutLeavesNoTask() throws SQLException {
    run(session, "insert into cape_issues (id, description) values (1, 'Fix it')");
    run(
        session,
        "insert into cape_issues (id, description) values (1, 'Again') on conflict do nothing");

    assertThat(run(session, "select count(*) from longshore.task")).isEqualTo("1");
  }

  @Test
  void historyIsStoredWithoutATask() throws SQLException {
    run(session, "insert into cape_issues (description, status) values ('Done', 'completed')");

    assertThat(run(session, "select count(*) from longshore.task")).isEqualTo("0");
    assertThat(run(session, "select status from cape_issues")).isEqualTo("completed");
  }

  @Test
  void anEmptyDescriptionIsRefused() {
    refused(
        "23514", "needs a description", "insert into cape_issues (description) values ('  \n')");
    refused("23514", "needs a description", "insert into cape_issues (description) values (null)");
    refused("23514", "needs a description", "insert into cape_issues default values");
  }

  @Test
  void theStatusFollowsTheTask() throws SQLException {
    run(session, "insert into cape_issues (description) values ('Fix it')");
    assertThat(status()).isEqualTo("pending|null");
    run(session, "update longshore.task set state = 'queued', claim_id = 1");
    assertThat(status()).isEqualTo("pending|null");
    run(session, "update longshore.task set state = 'ongoing', worker = 'node-1'");
    assertThat(status()).isEqualTo("started|node-1");
    run(session, "update longshore.task set state = 'pending', claim_id = null");
    assertThat(status()).isEqualTo("pending|null");
    run(session, "update longshore.task set state = 'ongoing', worker = 'node-2', claim_id = 2");
    assertThat(status()).isEqualTo("started|node-2");
    run(session, "update longshore.task set state = 'succeeded', claim_id = null");
    assertThat(status()).isEqualTo("completed|node-2");
  }

  @Test
  void failedAndCancelledAreSaidAsTheyAre() throws SQLException {
    run(session, "insert into cape_issues (description) values ('Fix it')");
    run(session, "update longshore.task set state = 'failed'");
    assertThat(status()).isEqualTo("failed|null");
    run(session, "update longshore.task set state = 'cancelled'");
    assertThat(status()).isEqualTo("cancelled|null");
  }

  @Test
  void anIssueThatEndedIsSubmittedAgainByItsStatus() throws SQLException {
    run(session, "insert into cape_issues (description) values ('Fix it')");
    run(session, "update longshore.task set state = 'succeeded', worker = 'node-1'");

    run(session, "update cape_issues set status = 'pending' where id = 1");

    assertThat(rows(session, "select state from longshore.task order by id"))
        .containsExactly("succeeded", "pending");
    assertThat(status()).isEqualTo("pending|null");
    assertThat(
            run(session, "select task_id = (select max(id) from longshore.task) from cape_issues"))
        .isEqualTo("true");
  }

  @Test
  void aPendingTaskTakesANewDescription() throws SQLException {
    run(session, "insert into cape_issues (description) values ('Fix it')");
    run(session, "update cape_issues set description = 'Fix it \"well\"' where id = 1");

    assertThat(run(session, "select payload ->> 'description' from longshore.task"))
        .isEqualTo("Fix it \"well\"");
    refused("23514", "needs a description", "update cape_issues set description = '' where id = 1");
  }

  @Test
  void deletingAPendingIssueCancelsItsTask() throws SQLException {
    run(session, "insert into cape_issues (description) values ('Fix it')");
    run(session, "delete from cape_issues");

    assertThat(run(session, "select state, error from longshore.task"))
        .isEqualTo("cancelled|The issue was deleted.");
  }

  @Test
  void deletingARunningIssueAsksItToStop() throws SQLException {
    run(session, "insert into cape_issues (description) values ('Fix it')");
    run(session, "update longshore.task set state = 'ongoing', worker = 'node-1', claim_id = 1");
    run(session, "delete from cape_issues");

    assertThat(run(session, "select state, cancel_requested from longshore.task"))
        .isEqualTo("ongoing|true");
  }

  @Test
  void aTaskThatIsSubmittedByAnotherDoorGetsItsIssue() throws SQLException {
    run(session, "select longshore.enqueue('issue', '{\"description\": \"Fix it\"}')");

    assertThat(run(session, "select id, description, status from cape_issues"))
        .isEqualTo("1|Fix it|pending");
    assertThat(run(session, TASK))
        .isEqualTo("issue|pending|{\"issue\": 1, \"description\": \"Fix it\"}|issue:1|issue:1");
  }

  @Test
  void aTaskForAnIssueThatCannotBeIsRefused() throws SQLException {
    run(session, "insert into cape_issues (description) values ('Fix it')");
    refused("23514", "needs a description", "select longshore.enqueue('issue', '{}')");
    refused(
        "22023", "must be a string", "select longshore.enqueue('issue', '{\"description\": 1}')");
    refused(
        "22023", "must be the number", "select longshore.enqueue('issue', '{\"issue\": \"1\"}')");
    refused("22023", "does not exist", "select longshore.enqueue('issue', '{\"issue\": 2}')");
    refused("22023", "not finished", "select longshore.enqueue('issue', '{\"issue\": 1}')");
    assertThat(run(session, "select count(*) from longshore.task")).isEqualTo("1");
  }

  private void refused(String sqlState, String message, String sql) {
    ThrowingCallable call = () -> run(session, sql);
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(sqlState))
        .hasMessageContaining(message);
  }

  private String status() throws SQLException {
    return run(session, "select status, assigned_to from cape_issues");
  }
}
