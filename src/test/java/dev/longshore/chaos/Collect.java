package dev.longshore.chaos;

import dev.longshore.chaos.History.Attempt;
import dev.longshore.chaos.History.Beat;
import dev.longshore.chaos.History.Effect;
import dev.longshore.chaos.History.Item;
import dev.longshore.chaos.History.Limit;
import dev.longshore.chaos.History.Log;
import dev.longshore.chaos.History.Move;
import dev.longshore.chaos.History.Start;
import dev.longshore.chaos.History.Step;
import dev.longshore.chaos.History.Submission;
import dev.longshore.chaos.History.Task;
import dev.longshore.story.Cluster.Row;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.postgresql.PGConnection;

/** Reads what the database has kept of a run, and copies it to files beside the journal's. */
final class Collect {

  private static final String TASKS =
      """
      select id, case when type = 'issue' then substring(payload ->> 'description' from '# (\\S+)$')
          else unique_key end as label, type, queue, key, state, error
      from longshore.task order by id""";
  private static final String ATTEMPTS =
      """
      select task_id, claim_id, number, worker, started_at, ended_at, outcome
      from longshore.attempt order by started_at, task_id""";
  private static final String MOVES =
      """
      select task_id, coalesce(claim_id, 0), from_state, to_state, outcome, actor, at
      from longshore.audit order by id""";
  private static final String EFFECTS = "select task_id, at from longshore.effect order by at";
  private static final String ITEMS =
      """
      select task_id, item, attempt, worker, at
      from longshore.effect_item order by task_id, at, item""";
  private static final String STEPS =
      """
      select j.task_id, j.id, s.step_name, s.status
      from longshore.step_execution s join longshore.job_execution j on j.id = s.job_execution_id
      where j.task_id is not null order by j.task_id, j.id, s.started_at""";

  private static final String MESSAGES =
      "select id, created_at from longshore.message where name = 'diagnostic/effect' order by id";
  private static final String HANDLED =
      "select message_id, node, at from longshore.effect_message order by n";
  private static final String SET_ASIDE =
      "select message_id, error from longshore.dead_letter"
          + " where error like 'It took its node down %' order by id";

  private final Connection connection;

  Collect(Connection connection) {
    this.connection = connection;
  }

  History history(
      List<Submission> submissions,
      Set<String> cancelled,
      Set<String> paused,
      List<Start> starts,
      List<Beat> beats,
      List<Limit> limits,
      List<Long> appended)
      throws SQLException {
    return new History(
        submissions,
        cancelled,
        paused,
        list(
            TASKS,
            r ->
                new Task(
                    r.getLong(1),
                    r.getString(2),
                    r.getString(3),
                    r.getString(4),
                    r.getString(5),
                    r.getString(6),
                    r.getString(7))),
        list(
            ATTEMPTS,
            r ->
                new Attempt(
                    r.getLong(1),
                    r.getLong(2),
                    r.getInt(3),
                    r.getString(4),
                    instant(r, 5),
                    instant(r, 6),
                    r.getString(7))),
        starts,
        beats,
        list(
            MOVES,
            r ->
                new Move(
                    r.getLong(1),
                    r.getLong(2),
                    r.getString(3),
                    r.getString(4),
                    r.getString(5),
                    r.getString(6))),
        list(EFFECTS, r -> new Effect(r.getLong(1), instant(r, 2))),
        list(
            ITEMS,
            r -> new Item(r.getLong(1), r.getInt(2), r.getInt(3), r.getString(4), instant(r, 5))),
        list(STEPS, r -> new Step(r.getLong(1), r.getLong(2), r.getString(3), r.getString(4))),
        limits,
        new Log(
            appended,
            list(MESSAGES, r -> r.getLong(1)),
            list(HANDLED, r -> r.getLong(1)),
            list(SET_ASIDE, r -> r.getLong(1))));
  }

  /** Writes each table of the history to a file of its name. */
  void copyTo(Path directory) throws SQLException, IOException {
    copy(TASKS, directory.resolve("tasks.csv"));
    copy(ATTEMPTS, directory.resolve("attempts.csv"));
    copy(MOVES, directory.resolve("moves.csv"));
    copy(EFFECTS, directory.resolve("effects.csv"));
    copy(ITEMS, directory.resolve("items.csv"));
    copy(STEPS, directory.resolve("steps.csv"));
    copy(MESSAGES, directory.resolve("messages.csv"));
    copy(HANDLED, directory.resolve("handled.csv"));
    copy(SET_ASIDE, directory.resolve("dead-letters.csv"));
  }

  private void copy(String query, Path file) throws SQLException, IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyOut("copy (" + query + ") to stdout with (format csv, header)", out);
    }
  }

  private <T> List<T> list(String query, Row<T> row) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      List<T> found = new ArrayList<>();
      while (rows.next()) {
        found.add(row.of(rows));
      }
      return found;
    }
  }

  private static Instant instant(ResultSet row, int column) throws SQLException {
    java.time.OffsetDateTime at = row.getObject(column, java.time.OffsetDateTime.class);
    return at == null ? null : at.toInstant();
  }
}
