package dev.longshore.workload.issue;

import dev.longshore.db.PromptSql;
import dev.longshore.task.TaskContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.PreparedStatement;
import java.util.List;

/**
 * The runs of commands and their output, in the database, where every node can read them. Each
 * method gives up within seconds when PostgreSQL keeps silent.
 */
@ApplicationScoped
class RunLog {

  @Inject private PromptSql sql;

  /** Once more changes nothing. */
  void started(TaskContext task, long pid) {
    sql.update(
        "insert into longshore.issue_run (task_id, claim_id, pid) values (?, ?, ?)"
            + " on conflict do nothing",
        task.id(),
        task.claim(),
        pid);
  }

  /** Appends, and drops what has become too much between the head and the tail. */
  void append(TaskContext task, List<Output.Chunk> chunks, long head, long keptFrom) {
    sql.with(
        connection -> {
          try (PreparedStatement insert =
              connection.prepareStatement(
                  """
                  insert into longshore.issue_log (task_id, claim_id, position, bytes)
                  values (?, ?, ?, ?) on conflict do nothing
                  """)) {
            for (Output.Chunk chunk : chunks) {
              insert.setLong(1, task.id());
              insert.setLong(2, task.claim());
              insert.setLong(3, chunk.position());
              insert.setBytes(4, chunk.bytes());
              insert.addBatch();
            }
            insert.executeBatch();
          }
          return null;
        });
    if (keptFrom > head) {
      sql.update(
          """
          delete from longshore.issue_log
          where task_id = ? and claim_id = ? and position >= ? and position + length(bytes) <= ?
          """,
          task.id(),
          task.claim(),
          head,
          keptFrom);
    }
  }

  /**
   * @param exitCode {@code null} when the command outlived even KILL
   */
  void ended(TaskContext task, Integer exitCode, long output) {
    sql.update(
        """
        update longshore.issue_run
        set ended_at = clock_timestamp(), exit_code = ?::int, output = ?
        where task_id = ? and claim_id = ?
        """,
        exitCode,
        output,
        task.id(),
        task.claim());
  }

  /** What is kept of an attempt's output, in order. */
  List<Output.Chunk> read(long task, long claim) {
    return sql.list(
        """
        select position, bytes from longshore.issue_log
        where task_id = ? and claim_id = ? order by position
        """,
        row -> new Output.Chunk(row.getLong(1), row.getBytes(2)),
        task,
        claim);
  }
}
