package dev.longshore.engine.run;

import dev.longshore.db.DatabaseException;
import dev.longshore.db.PromptSql;
import dev.longshore.engine.dispatch.Begin;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Writes how far an attempt is, for people who watch. */
@ApplicationScoped
class Progress {

  private static final Logger LOG = Logger.getLogger(Progress.class.getName());

  private static final String WRITE =
      """
      update longshore.task set progress = ?::jsonb
      where id = ? and claim_id = ? and state::text = 'ongoing'
      """;

  @Inject private PromptSql sql;
  @Inject private Begin begin;

  /** Fenced by the claim; a database that is away costs the news, not the attempt. */
  @Transactional(Transactional.TxType.NOT_SUPPORTED)
  void write(RunningTask task, String step, long done, long total) {
    JsonObjectBuilder json = Json.createObjectBuilder();
    if (step != null) {
      json.add("step", step);
    }
    json.add("done", done).add("total", total);
    try {
      String text = json.build().toString();
      if (sql.update(WRITE, text, task.id(), task.claim()) == 0) {
        begin.begin(List.of(task.claim())); // whoever reports is to be seen to run
        sql.update(WRITE, text, task.id(), task.claim());
      }
    } catch (DatabaseException e) {
      LOG.log(
          Level.FINE, "Progress of task " + task.id() + " was not written: " + e.getMessage(), e);
    }
  }
}
