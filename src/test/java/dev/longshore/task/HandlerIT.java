package dev.longshore.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.docs.CountVisit;
import dev.longshore.docs.SendWelcome;
import dev.longshore.local.Installation;
import dev.longshore.local.Servers;
import dev.longshore.story.Archives;
import dev.longshore.story.Rest;
import dev.longshore.story.TestServers;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Annotated classes in an application: seen from outside, by REST and SQL. */
@ExtendWith(ArquillianExtension.class)
@Execution(ExecutionMode.SAME_THREAD)
class HandlerIT {

  @ArquillianResource private URL url;
  private Rest rest;

  @Deployment(testable = false)
  static WebArchive archive() {
    return Archives.longshore()
        .addClasses(SendWelcome.class, SendWelcome.Welcome.class, SendWelcome.Sent.class)
        .addClasses(CountVisit.class, PickyHandler.class, PickyHandler.On.class);
  }

  @BeforeEach
  void connect() throws Exception {
    rest = Rest.of(url.toURI(), "operator", "operator");
  }

  @Test
  void anAnnotatedClassRunsItsTasksAndItsAnswerIsTheResult() {
    JsonObject done =
        rest.await(
            rest.submit("welcome.send", "{\"email\":\"a@b.example\"}"), "succeeded", "failed");
    assertThat(done.getJsonObject("result").toString())
        .isEqualTo("{\"to\":\"a@b.example\",\"attempt\":1}");
    assertThat(done.getInt("maxAttempts")).isEqualTo(3);
  }

  @Test
  void aHandlerWithAScopeOfItsOwnIsCalledOnItsBean() {
    JsonObject done =
        rest.await(rest.submit("picky", "{\"day\":\"2030-01-31\"}"), "succeeded", "failed");
    assertThat(done.getJsonObject("result").toString()).isEqualTo("{\"next\":\"2030-02-01\"}");
  }

  @Test
  void whatAQuickHandlerWritesCommitsWithItsOutcome() throws Exception {
    sql("create table if not exists visits as select 'home' as page, 0 as n");
    long id = rest.submit("visit.count", "{\"page\":\"home\"}");
    JsonObject done = rest.await(id, "succeeded", "failed");
    assertThat(done.getString("state")).isEqualTo("succeeded");
    assertThat(done.getString("queue")).isEqualTo("statistics");
    assertThat(
            sql(
                "select v.n || ' ' || (v.xmin = t.xmin) from visits v, longshore.task t"
                    + " where t.id = "
                    + id))
        .isEqualTo("1 true");
  }

  /** With the line that docs/tasks.md shows. */
  @Test
  void atStartUpEveryTypeIsLoggedWithItsPolicy() throws IOException {
    List<String> shown =
        Files.readAllLines(Installation.current().checkout().resolve("docs/tasks.md")).stream()
            .filter(line -> line.startsWith("Task type "))
            .toList();
    assertThat(shown).hasSize(1);
    Path log =
        Path.of(System.getProperty("longshore.it.usr"), "servers")
            .resolve(System.getProperty("longshore.it.server"))
            .resolve("logs/messages.log");
    List<String> logged =
        Files.readAllLines(log).stream()
            .filter(line -> line.contains(" Task type "))
            .map(line -> line.substring(line.indexOf("Task type ")))
            .toList();
    assertThat(logged)
        .contains(shown.get(0))
        .extracting(line -> line.split("[ :]+")[2])
        .contains("issue", "picky", "visit.count", "welcome.send");
  }

  @Test
  void aPayloadThatDoesNotFitIsRefusedAtSubmission() {
    Rest.Answer answer =
        rest.post(
            "api/tasks", "{\"type\":\"welcome.send\",\"payload\":{\"email\":\"\",\"name\":3}}");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(violation(answer)).isEqualTo("payload.name must be a string, not a number.");
    answer =
        rest.post("api/tasks", "{\"type\":\"welcome.send\",\"payload\":{\"email\":\"nobody\"}}");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(violation(answer)).isEqualTo("payload.email must be a well-formed email address.");
  }

  /** The server's JSON-B has no other place for it than its messages. */
  @Test
  void whatOnlyJsonbFindsWrongNamesItsFieldToo() {
    Rest.Answer answer =
        rest.post("api/tasks", "{\"type\":\"picky\",\"payload\":{\"day\":\"tomorrow\"}}");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(violation(answer)).isEqualTo("payload.day cannot be read as LocalDate.");
  }

  @Test
  void inBulkItIsSaidOfItsLineOrIndexAndNothingIsTaken() throws Exception {
    String fits =
        "{\"type\":\"welcome.send\",\"key\":\"bulk\",\"payload\":{\"email\":\"a@b.example\"}}";
    String not = "{\"type\":\"welcome.send\",\"key\":\"bulk\",\"payload\":{}}";
    Rest.Answer lines =
        rest.post("api/tasks/bulk", fits + "\n\n" + not + "\n" + fits, "application/x-ndjson");
    assertThat(lines.status()).isEqualTo(422);
    assertThat(lines.json().getInt("line")).isEqualTo(3);
    assertThat(violation(lines)).isEqualTo("payload.email must not be blank.");
    Rest.Answer array = rest.post("api/tasks/bulk", "[" + fits + "," + not + "]");
    assertThat(array.status()).isEqualTo(422);
    assertThat(array.json().getInt("index")).isEqualTo(1);
    assertThat(violation(array)).isEqualTo("payload.email must not be blank.");
    assertThat(sql("select count(*) from longshore.task where key = 'bulk'")).isEqualTo("0");
  }

  @Test
  void aTaskSubmittedBySqlIsCheckedWhenItRunsAndFailsAtOnce() throws Exception {
    long id =
        Long.parseLong(sql("select longshore.enqueue('welcome.send', '{\"email\":\"nobody\"}')"));
    JsonObject done = rest.await(id, "succeeded", "failed");
    assertThat(done.getString("state")).isEqualTo("failed");
    assertThat(done.getInt("attempts")).isEqualTo(1);
    assertThat(done.getString("error"))
        .contains("payload.email must be a well-formed email address.");
  }

  private static String violation(Rest.Answer answer) {
    JsonObject violation = answer.json().getJsonArray("violations").getJsonObject(0);
    return violation.getString("field") + " " + violation.getString("message");
  }

  /** The first column of the first row, where there is one. */
  private static String sql(String sql) throws SQLException {
    Servers servers = TestServers.servers();
    try (Connection connection =
            DriverManager.getConnection(servers.dbUrl(), servers.dbUser(), servers.dbPassword());
        Statement statement = connection.createStatement()) {
      if (!statement.execute(sql)) {
        return null;
      }
      ResultSet rows = statement.getResultSet();
      return rows.next() ? rows.getString(1) : null;
    }
  }
}
