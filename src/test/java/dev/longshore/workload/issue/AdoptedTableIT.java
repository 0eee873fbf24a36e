package dev.longshore.workload.issue;

import static dev.longshore.workload.issue.IssueDatabase.rows;
import static dev.longshore.workload.issue.IssueDatabase.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A table cape_issues that was there before Longshore keeps its rows and gets their tasks. */
class AdoptedTableIT {

  private IssueDatabase database;
  private Connection session;

  @BeforeEach
  void original() throws SQLException {
    database = IssueDatabase.empty();
    session = database.connect();
    run(
        session,
        """
        create type worker_id as enum ('alleycat-1', 'tyderium-1');
        create table cape_issues (
          id serial primary key,
          description text not null,
          status text default 'pending' check (status in ('pending', 'started', 'completed')),
          created_at timestamptz default now(),
          updated_at timestamptz default now());
        alter table cape_issues add column assigned_to worker_id;
        create index idx_cape_issues_assigned_to on cape_issues (assigned_to);
        create function get_and_lock_next_issue(p_worker_id worker_id)
          returns table (id integer, description text) language sql as
          $$select 0, 'the original'::text$$;
        insert into cape_issues (description, status, assigned_to, created_at) values
          ('newer', 'pending', null, now()),
          ('under way', 'started', 'tyderium-1', now()),
          ('done', 'completed', 'alleycat-1', now()),
          ('older', 'pending', null, now() - interval '1 day');
        create role keeper;
        grant select, update on cape_issues to keeper;
        """);
    database.migrate();
  }

  @AfterEach
  void close() throws SQLException {
    run(session, "drop owned by keeper; drop role keeper");
    database.close();
  }

  @Test
  void pendingIssuesGetTasksOldestFirst() throws SQLException {
    assertThat(
            rows(
                session,
                "select payload ->> 'description' from longshore.task where state = 'pending' order"
                    + " by id"))
        .containsExactly("older", "newer");
  }

  @Test
  void anIssueThatIsUnderWayIsLeasedToItsWorker() throws SQLException {
    assertThat(run(session, "select status, assigned_to from cape_issues where id = 2"))
        .isEqualTo("started|tyderium-1");
    run(session, "update cape_issues set status = 'completed' where id = 2");
    assertThat(run(session, "select state from longshore.task where payload ->> 'issue' = '2'"))
        .isEqualTo("succeeded");
  }

  @Test
  void whatIsCompletedStaysSo() throws SQLException {
    assertThat(run(session, "select status, assigned_to, task_id from cape_issues where id = 3"))
        .isEqualTo("completed|alleycat-1|null");
  }

  @Test
  void itsWorkersGoOn() throws SQLException {
    assertThat(run(session, "select id, description from get_and_lock_next_issue('alleycat-1')"))
        .isEqualTo("4|older");
    assertThat(run(session, "select id from get_and_lock_next_issue('a worker of any name')"))
        .isEqualTo("1");
  }

  @Test
  void thoseWhoMightUpdateItMayTakeIssues() throws SQLException {
    run(session, "set role keeper");
    assertThat(run(session, "select id from get_and_lock_next_issue('keeper')")).isEqualTo("4");
    assertThat(run(session, "select report_issue_result(4, 'keeper', true)"))
        .isEqualTo("completed");
    run(session, "reset role");
  }
}
