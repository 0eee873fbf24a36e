package dev.longshore.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Issues run their command, seen from REST and SQL; a description is a script ({@link
 * IssueCommand}).
 */
@Execution(ExecutionMode.SAME_THREAD)
class IssueCommandIT {

  private static Rest rest;

  @TempDir private Path directory;

  @BeforeAll
  static void start() {
    rest = Cluster.shared().rest();
  }

  @Test
  void anIssueThatExitsWithZeroIsCompleted() {
    Rest.Answer created = post("echo \"$0\"; echo oops >&2");
    assertThat(created.status()).isEqualTo(201);
    int id = created.json().getInt("id");
    assertThat(created.header("Location")).endsWith("/api/issues/" + id);
    assertThat(created.json().getString("status")).isEqualTo("pending");

    JsonObject done = awaitStatus(id, "completed");

    assertThat(done.getString("assignedTo")).isEqualTo("shared-1");
    assertThat(log(id, "")).isEqualTo("issue-" + id + "\noops\n");
    assertThat(attempts(id)).hasSize(1);
    assertThat(attempts(id).get(0).getInt("exitCode")).isZero();
    assertThat(rest.task(done.getInt("task")).getString("state")).isEqualTo("succeeded");
  }

  @Test
  void anyOtherExitCodeMakesItPendingAgain() {
    int id = submit("echo attempt $LONGSHORE_ATTEMPT; [ $LONGSHORE_ATTEMPT = 2 ] || exit 7");

    awaitStatus(id, "completed");

    List<JsonObject> attempts = attempts(id);
    assertThat(attempts).hasSize(2);
    assertThat(attempts.get(0).getInt("exitCode")).isEqualTo(7);
    assertThat(attempts.get(0).getString("error"))
        .isEqualTo("The command ended with exit code 7. Its output ended with:\nattempt 1");
    assertThat(log(id, "?attempt=1")).isEqualTo("attempt 1\n");
    assertThat(log(id, "?attempt=2")).isEqualTo("attempt 2\n");
    assertThat(log(id, "")).isEqualTo("attempt 2\n");
  }

  @Test
  void theLogIsServedWhileTheCommandRuns() throws IOException {
    Path go = directory.resolve("go");
    int id = submit("echo begun; until [ -e " + go + " ]; do sleep 0.1; done; echo done");

    soon().until(() -> log(id, "").equals("begun\n"));
    assertThat(issue(id).getString("status")).isEqualTo("started");
    assertThat(attempts(id).get(0).isNull("exitCode")).isTrue();
    Files.createFile(go);

    awaitStatus(id, "completed");
    assertThat(log(id, "")).isEqualTo("begun\ndone\n");
  }

  @Test
  void aCancelledIssueTakesItsWholeProcessTreeWithIt() {
    Path file = directory.resolve("pid");
    int id = submit("sleep 300 & echo $! > " + file + "; wait");
    soon().until(() -> Files.exists(file) && Files.readString(file).endsWith("\n"));

    rest.post("api/tasks/" + issue(id).getInt("task") + "/cancel");

    awaitStatus(id, "cancelled");
    assertThat(attempts(id).get(0).getInt("exitCode")).isEqualTo(128 + 15);
    long sleep = pidIn(file); // killed by now, and gone once init has collected it
    soon().until(() -> ProcessHandle.of(sleep).isEmpty());
  }

  @Test
  void anOutputOfAnySizeAndKindIsBounded() {
    int id = submit("echo first; head -c 3000000 /dev/zero; printf '\\377'; echo; echo last");

    awaitStatus(id, "completed");

    String log = log(id, "");
    assertThat(log).startsWith("first\n").endsWith("\nlast\n").contains(" bytes were cut here: ");
    assertThat(log.length()).isBetween(1_000_000, 1_048_576 + 131_072 + 100);
    assertThat(attempts(id).get(0).getInt("output")).isEqualTo(6 + 3_000_000 + 2 + 5);
  }

  @Test
  void aRowThatAnyProgramInsertsIsRun() throws SQLException {
    try (Connection connection = Cluster.shared().connect()) {
      int id =
          number(connection, "insert into cape_issues (description) values ('true') returning id");
      awaitStatus(id, "completed");
    }
  }

  @Test
  void aLeaseThatRunsOutIsTakenBack() throws SQLException {
    try (Connection connection = Cluster.shared().connect()) {
      connection.setAutoCommit(false); // or the node would be first
      int id =
          number(connection, "insert into cape_issues (description) values ('true') returning id");
      assertThat(
              number(connection, "select id from get_and_lock_next_issue('alleycat-1', '100 ms')"))
          .isEqualTo(id);
      connection.commit();

      awaitStatus(id, "completed");

      assertThat(attempts(id).get(0).getString("outcome")).isEqualTo("lost");
      assertThat(attempts(id).get(1).getString("worker")).isEqualTo("shared-1");
      assertThatThrownBy(
              () ->
                  number(connection, "select report_issue_result(" + id + ", 'alleycat-1', true)"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("55000"));
    }
  }

  @Test
  void badInputIsToldApart() {
    assertThat(rest.post("api/issues", "{\"description\":\" \"}").status()).isEqualTo(422);
    assertThat(rest.post("api/issues", "{\"descripton\":\"x\"}").text())
        .contains("\"field\":\"descripton\"", "\"field\":\"description\"");
    assertThat(rest.post("api/issues", "{").status()).isEqualTo(400);
    assertThat(rest.post("api/tasks", "{\"type\":\"issue\",\"payload\":{}}").status())
        .isEqualTo(422);
    assertThat(rest.get("api/issues?status=done").text()).contains("\"field\":\"status\"");
    assertThat(rest.get("api/issues?limit=0").status()).isEqualTo(400);
    assertThat(rest.get("api/issues/2000000000").status()).isEqualTo(404);
    assertThat(rest.get("api/issues/x").status()).isEqualTo(404);
    int id = submit("true");
    for (String attempt : List.of("x", "0", "1.5")) {
      Rest.Answer answer = rest.get("api/issues/" + id + "/log?attempt=" + attempt);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.text()).contains("\"field\":\"attempt\"", "a whole number from 1");
    }
    assertThat(rest.get("api/issues/" + id + "/log?attempt=9").status()).isEqualTo(404);
  }

  @Test
  void issuesAreListedInPages() {
    int older = submit("true");
    int newer = submit("true");
    awaitStatus(older, "completed");
    awaitStatus(newer, "completed");

    JsonObject first = rest.get("api/issues?status=completed&limit=1").json();
    assertThat(first.getJsonArray("items").getJsonObject(0).getInt("id")).isEqualTo(newer);
    JsonObject second =
        rest.get("api/issues?status=completed&limit=1&after=" + first.getInt("next")).json();
    assertThat(second.getJsonArray("items").getJsonObject(0).getInt("id")).isEqualTo(older);
    int last = submit("exit 1"); // of any status
    assertThat(
            rest.get("api/issues?limit=2").json().getJsonArray("items").stream()
                .map(issue -> issue.asJsonObject().getInt("id")))
        .containsExactly(last, newer);
    rest.post("api/tasks/" + issue(last).getInt("task") + "/cancel");
  }

  private static int submit(String script) {
    return post(script).json().getInt("id");
  }

  private static Rest.Answer post(String script) {
    return rest.post(
        "api/issues", Json.createObjectBuilder().add("description", script).build().toString());
  }

  private static JsonObject awaitStatus(int id, String status) {
    return soon().until(() -> issue(id), issue -> issue.getString("status").equals(status));
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(90)).pollInterval(Duration.ofMillis(100));
  }

  private static JsonObject issue(int id) {
    return rest.get("api/issues/" + id).json();
  }

  private static List<JsonObject> attempts(int id) {
    return rest.get("api/issues/" + id + "/attempts")
        .json()
        .getJsonArray("items")
        .getValuesAs(JsonObject.class);
  }

  private static String log(int id, String query) {
    return rest.get("api/issues/" + id + "/log" + query).text();
  }

  private static long pidIn(Path file) {
    try {
      return Long.parseLong(Files.readString(file).strip());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static int number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getInt(1);
    }
  }
}
