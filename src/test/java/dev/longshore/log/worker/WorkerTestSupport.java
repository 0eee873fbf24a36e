package dev.longshore.log.worker;

import dev.longshore.db.Sql;
import dev.longshore.log.MessageLog;
import dev.longshore.story.Archives;
import jakarta.annotation.Resource;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** In-container tests of event workers: they run as they do anywhere. */
@ExtendWith(ArquillianExtension.class)
@Execution(ExecutionMode.SAME_THREAD)
abstract class WorkerTestSupport {

  @Inject MessageLog log;
  @Inject Sql sql;
  @Inject Control control;
  @Inject Standings standings;
  @Inject DeadLetters deadLetters;

  @Resource(lookup = "jdbc/longshore-wake")
  DataSource aside;

  static WebArchive archive(Class<?>... classes) {
    return Archives.longshore()
        .addClasses(Archives.class, WorkerTestSupport.class)
        .addClasses(classes);
  }

  @BeforeEach
  void makeTable() {
    sql.update(
        "create table if not exists worker_it (worker text, text text, at int generated always as identity)");
  }

  static void await(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofMillis(20))
        .until(condition);
  }

  /** What the worker's handlers have written, in order. */
  List<String> written(String worker) {
    return sql.list(
        "select text from worker_it where worker = ? order by at", row -> row.getString(1), worker);
  }

  void awaitWritten(String worker, String... texts) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(
            () ->
                org.assertj.core.api.Assertions.assertThat(written(worker)).containsExactly(texts));
  }

  static JsonObject json(String member, String value) {
    return Json.createObjectBuilder().add(member, value).build();
  }

  static JsonObject text(String value) {
    return json("text", value);
  }

  String state(String worker) {
    return standings.get(worker).state();
  }
}
