package dev.longshore.log.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.db.Sql;
import dev.longshore.engine.worker.Worker;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;

/** A worker goes on, and passes over nothing, when what runs it breaks. */
class BrokenBurstIT extends WorkerTestSupport {

  @Inject private Worker node;
  @Inject private Dispatcher dispatcher;
  @Inject private Beat beat;

  @Deployment
  static WebArchive archive() {
    return archive(
        BrokenBurstIT.class,
        LeftBehind.class,
        CannotCommit.class,
        Fussy.class,
        Cursed.class,
        Curse.class);
  }

  @EventWorker(name = "left-it", description = "Had a job whose end nobody wrote.", start = "now")
  public static class LeftBehind {
    @Inject private Sql sql;

    @OnMessage("left-it/go")
    void go(JsonObject payload) {
      sql.update(
          "insert into worker_it (worker, text) values ('left-it', ?)", payload.getString("text"));
    }
  }

  @EventWorker(name = "commits-it", description = "Cannot commit at first.", start = "now")
  public static class CannotCommit {
    @Inject private Sql sql;

    @OnMessage("commits-it/go")
    void go(JsonObject payload) {
      sql.update(
          "insert into worker_it (worker, text) values ('commits-it', ?)",
          payload.getString("text"));
    }
  }

  @EventWorker(
      name = "fussy-it",
      description = "Writes where a trigger looks at the commit.",
      start = "now",
      attempts = 1)
  public static class Fussy {
    @Inject private Sql sql;

    @OnMessage("fussy-it/go")
    void go(JsonObject payload) {
      sql.update("insert into fussy values (?)", payload.getString("text"));
    }
  }

  /** Cannot be made: what comes out of the attempt is an Error. */
  public static class Curse {
    static final int NUMBER = Integer.parseInt("none");
    public int number = NUMBER;
  }

  @EventWorker(name = "cursed-it", description = "Has no state to begin with.", state = Curse.class)
  public static class Cursed {
    @OnMessage("cursed-it/go")
    void go(Curse state) {}
  }

  /** As after a restart of PostgreSQL that came while the job ran: its end is not on record. */
  @Test
  void aWorkerWhoseLastJobIsStillOnRecordAsRunningRunsAgain() {
    rests("left-it");
    sql.update(
        """
        insert into longshore.job_execution
            (instance_id, worker, worker_run, job_name, job_xml, status)
        select job_instance, ?, ?, 'event-worker', 'event-worker', 'STARTED'
        from longshore.event_worker where name = 'left-it'
        """,
        node.id(),
        node.run());
    log.append("left-it/go", text("x"));
    await(() -> written("left-it").contains("x"));
    // Nobody died of it: no message is suspected.
    assertThat(
            sql.list(
                """
                select j.exit_status from longshore.job_execution j
                join longshore.event_worker e on e.job_instance = j.instance_id
                where e.name = 'left-it' and j.status = 'FAILED'
                """,
                row -> row.getString(1)))
        .containsExactly("left behind");
  }

  /** The specification's checkpoint and the worker's row say the same, as one transaction does. */
  @Test
  void theCheckpointOfItsJobIsThePosition() {
    rests("left-it");
    log.append("left-it/go", text("checked"));
    await(() -> written("left-it").contains("checked"));
    // At once: a chunk without messages, which ends the job, would make up for what is missing.
    assertThat(
            sql.first(
                """
                    select ('x' || encode(substring(s.reader_checkpoint
                        from length(s.reader_checkpoint) - 7), 'hex'))::bit(64)::bigint = e.position
                    from longshore.event_worker e
                    join longshore.job_execution j on j.instance_id = e.job_instance
                    join longshore.step_execution s on s.job_execution_id = j.id
                    where e.name = 'left-it' order by j.id desc limit 1
                    """,
                row -> row.getBoolean(1)))
        .contains(true);
  }

  @Test
  void whatWasReadAndNotCommittedIsNotPassedOverWhileTheWorkerWaits() {
    rests("commits-it");
    sql.update("create sequence commits_it");
    sql.update(
        """
        create function commits_it() returns trigger language plpgsql as
        $$
        begin
            if nextval('commits_it') <= 3 then
                raise exception 'as the test says' using errcode = 'lock_not_available';
            end if;
            return new;
        end
        $$
        """);
    sql.update(
        """
        create trigger commits_it before update on longshore.event_worker for each row
        when (new.name = 'commits-it' and new.handled > old.handled)
        execute function commits_it()
        """);
    try {
      log.append("commits-it/go", text("x"));
      await(
          () -> {
            if (failures() > 0 && !consumer("commits-it").isBusy()) {
              beat.advance(); // as it does by itself now and then
            }
            return failures() > 3;
          });
      awaitWritten("commits-it", "x");
    } finally {
      sql.update("drop trigger commits_it on longshore.event_worker");
    }
  }

  @Test
  void aTriggerThatRefusesAtTheCommitFailsTheMessageAlone() {
    sql.update("create table if not exists fussy (text text)");
    sql.update(
        """
        create or replace function fussy() returns trigger language plpgsql as
        $$
        begin
            if new.text = 'bad' then
                raise exception 'I do not like it';
            end if;
            return null;
        end
        $$
        """);
    sql.update(
        """
        create constraint trigger fussy after insert on fussy deferrable initially deferred
        for each row execute function fussy()
        """);
    log.append("fussy-it/go", text("one"));
    log.append("fussy-it/go", text("bad"));
    log.append("fussy-it/go", text("two"));
    await(() -> standings.get("fussy-it").handled() == 2);
    assertThat(deadLetters.page("fussy-it", 0, 10))
        .singleElement()
        .extracting(DeadLetter::error)
        .asString()
        .contains("I do not like it");
  }

  @Test
  void anErrorIsABreakdownLikeAnyOther() {
    log.append("cursed-it/go", text("x"));
    await(
        () ->
            consumer("cursed-it").vitals().health().reasons().stream()
                .anyMatch(r -> r.startsWith("Its job broke down: java.lang.")));
    await(() -> !consumer("cursed-it").isBusy());
  }

  private long failures() {
    return sql.first(
            "select case when is_called then last_value else 0 end from commits_it",
            row -> row.getLong(1))
        .orElseThrow();
  }

  /** Waits until its job has ended. */
  private void rests(String worker) {
    await(() -> consumer(worker).isMine() && !consumer(worker).isBusy());
  }

  private Consumer consumer(String name) {
    return dispatcher.all().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
  }
}
