package dev.longshore.edge.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.story.Cluster;
import dev.longshore.story.Rest;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is sent, the answer says what is wrong with it, and nothing has changed. */
@Execution(ExecutionMode.SAME_THREAD)
class BadInputIT {

  private static final String NDJSON = "application/x-ndjson";
  private static Rest rest;

  @BeforeAll
  static void start() {
    rest = Cluster.shared().rest();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          ``                                                   | 400 | ``
          hello                                                | 400 | ``
          {"type":                                             | 400 | ``
          {"type":"noop"} x                                    | 400 | ``
          {"type":"noop","type":"noop"}                        | 400 | ``
          {"type":"noop","payload":{"a":1e99999999999}}        | 400 | ``
          []                                                   | 422 | ``
          {}                                                   | 422 | type
          {"type":"nosuch"}                                    | 422 | type
          {"type":7}                                           | 422 | type
          {"type":"noop","payload":[]}                         | 422 | payload
          {"type":"noop","payload":{"a":["x\\u0000"]}}         | 422 | payload.a[0]
          {"type":"noop","payload":{"a":"\\ud800"}}            | 422 | payload.a
          {"type":"noop","payload":{"a":1e131000}}             | 422 | payload.a
          {"type":"noop","priority":10}                        | 422 | priority
          {"type":"noop","priority":1e9999}                    | 422 | priority
          {"type":"noop","maxAttempts":0}                      | 422 | maxAttempts
          {"type":"noop","runAt":"tomorrow"}                   | 422 | runAt
          {"type":"noop","runAt":"+999999999-01-01T00:00:00Z"} | 422 | runAt
          {"type":"noop","key":"a\\u0000"}                     | 422 | key
          {"type":"noop","uniqueKey":""}                       | 422 | uniqueKey
          {"type":"noop","queue":"two words"}                  | 422 | queue
          {"type":"noop","after":7}                            | 422 | after
          {"type":"noop","after":[0,"x",1.5]}                  | 422 | after[0] after[1] after[2]
          {"type":"noop","after":[999999999999]}               | 422 | after
          {"type":"noop","after":[1],"onDependencyFailure":"x"} | 422 | onDependencyFailure
          {"type":"noop","onDependencyFailure":"fail"}         | 422 | onDependencyFailure
          {"type":"noop","prio":1}                             | 422 | prio
          {"type":7,"priority":77,"x":1}                       | 422 | type priority x
          """)
  void aTaskThatDoesNotFitIsRefusedWithItsFields(String body, int status, String fields) {
    long before = total();
    Rest.Answer answer = rest.post("api/tasks", body);
    assertProblem(answer, status, fields);
    assertThat(total()).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          {"limit":0}                               | 422 | limit
          {"keyLimit":"1"}                          | 422 | keyLimit
          {"rate":"10"}                             | 422 | rate
          {"rate":"0/PT1S"}                         | 422 | rate
          {"keyRate":"1/PT0S"}                      | 422 | keyRate
          {"keyRate":"1/P999D"}                     | 422 | keyRate
          {"paused":"yes","limits":1}               | 422 | paused limits
          []                                        | 422 | ``
          {                                         | 400 | ``
          """)
  void limitsThatDoNotFitAreRefusedWithTheirFields(String body, int status, String fields) {
    assertProblem(rest.put("api/queues/bad-input-it", body), status, fields);
    assertProblem(rest.get("api/queues/bad-input-it"), 404, null);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          {}                                                         | tasks completion
          {"tasks":[],"completion":{"type":"noop"}}                  | tasks
          {"tasks":[{"type":"noop"}]}                                | completion
          {"tasks":[{"type":"noop"}],"completion":{"type":"nosuch"}} | completion.type
          {"tasks":[{"type":"noop"}],"completion":{"prio":1}}        | completion.type completion.prio
          {"tasks":[{"type":"noop"}],"completion":{"type":"noop","after":[1]}} | completion
          {"tasks":[{"type":"noop"},{"type":"noop","priority":10}],"completion":{"type":"noop"}} | priority
          {"tasks":[{"type":"noop"},7],"completion":{"type":"noop"}} | ``
          """)
  void aGroupThatDoesNotFitIsRefusedAsAWhole(String body, String fields) {
    long before = total();
    assertProblem(rest.post("api/groups", body), 422, fields);
    assertThat(total()).isEqualTo(before);
  }

  @Test
  void aQueueNeedsAName() {
    assertProblem(rest.put("api/queues/two%20words", "{}"), 422, "name");
  }

  @ParameterizedTest
  @CsvSource({
    "state=foo, state",
    "state=, state",
    "state=pending&state=failed, state",
    "limit=0, limit",
    "limit=1001, limit",
    "limit=abc, limit",
    "after=abc, after",
    "after=0, after",
    "status=pending, status",
    "key=%00, key"
  })
  void aBadQueryParameterIsNamed(String query, String field) {
    assertProblem(rest.get("api/tasks?" + query), 400, field);
  }

  @ParameterizedTest
  @CsvSource({
    "api/tasks/abc",
    "api/tasks/0",
    "api/tasks/99999999999999999999",
    "api/tasks/999999999",
    "api/tasks/999999999/attempts",
    "api/tasks/1/nope",
    "api/nope",
    "api/",
    "nope"
  })
  void whatIsNotThereIs404(String path) {
    assertProblem(rest.get(path), 404, null);
  }

  @ParameterizedTest
  @CsvSource({"cancel", "retry"})
  void whatIsNotThereCannotBeMoved(String verb) {
    assertProblem(rest.post("api/tasks/999999999/" + verb), 404, null);
    assertProblem(rest.post("api/tasks/abc/" + verb), 404, null);
    assertProblem(rest.get("api/tasks/1/" + verb), 405, null);
  }

  @Test
  void anotherMediaTypeIsRefused() {
    assertProblem(rest.post("api/tasks", "{\"type\":\"noop\"}", "text/plain"), 415, null);
    assertProblem(rest.post("api/tasks/bulk", "type\nnoop", "text/csv"), 415, null);
    assertProblem(rest.post("api/tasks", "{\"type\":\"noop\"}", "garbage"), 400, null);
  }

  @Test
  void aPayloadOfAMebibyteIsTakenAndOneByteMoreIsNot() {
    String largest = "x".repeat((1 << 20) - "{\"a\":\"\"}".length());
    assertThat(rest.post("api/tasks", later(largest)).status()).isEqualTo(201);
    assertProblem(rest.post("api/tasks", later(largest + "x")), 413, "payload");
    assertProblem(rest.post("api/tasks", later("x".repeat(3 << 20))), 413, null);
    assertProblem(
        rest.post("api/tasks/bulk", later("x") + "\n" + later(largest + "x"), NDJSON),
        413,
        "payload");
  }

  @Test
  void deepNestingIsRefused() {
    for (int depth : List.of(150, 100_000)) {
      String payload = "{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}";
      Rest.Answer answer =
          rest.post("api/tasks", "{\"type\":\"noop\",\"payload\":%s}".formatted(payload));
      assertProblem(answer, depth < 1000 ? 422 : 400, null);
    }
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          {"type":"noop"}~{"type":~{"type":"noop"}       | 400 | 2 | ``
          {"type":"noop"}~~{"type":"noop","x":1}         | 422 | 3 | x
          {"type":"noop"}~{"type":"nosuch"}              | 422 | 2 | type
          {"type":"noop"}~{"type":"noop","priority":11}  | 422 | 2 | priority
          [{"type":"noop"}]                              | 422 | 1 | ``
          """)
  void oneBadLineRefusesAllAndIsNamed(String lines, int status, int line, String fields) {
    long before = total();
    Rest.Answer answer = rest.post("api/tasks/bulk", lines.replace('~', '\n'), NDJSON);
    assertProblem(answer, status, fields);
    assertThat(answer.json().getInt("line")).isEqualTo(line);
    assertThat(total()).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          [{"type":"noop"},{"type":"noop","priority":"x"}] | 422 | 1 | priority
          [{"type":"noop"},{"type":"nosuch"}]              | 422 | 1 | type
          [{"type":"noop"},                                | 400 | 1 | ``
          [{"type":"noop"},]                               | 400 | 1 | ``
          [{"type":"noop"}                                 | 400 | 0 | ``
          """)
  void oneBadElementRefusesAllAndIsNamed(String array, int status, int index, String fields) {
    long before = total();
    Rest.Answer answer = rest.post("api/tasks/bulk", array);
    assertProblem(answer, status, fields);
    assertThat(answer.json().getInt("index")).isEqualTo(index);
    assertThat(total()).isEqualTo(before);
  }

  @Test
  void aBadLineFarBehindRefusesWhatWasInsertedBefore() {
    long before = total();
    String good = "{\"type\":\"noop\"}\n".repeat(2_500);
    assertProblem(rest.post("api/tasks/bulk", good + "{\"type\":\"nosuch\"}", NDJSON), 422, "type");
    assertThat(total()).isEqualTo(before);
  }

  private static String later(String text) {
    return "{\"type\":\"noop\",\"runAt\":\"2100-01-01T00:00:00Z\",\"payload\":{\"a\":\"%s\"}}"
        .formatted(text);
  }

  private static long total() {
    return rest.get("api/stats").json().getJsonNumber("total").longValue();
  }

  /**
   * @param fields those that must be named, separated by blanks; {@code null} to ask for none
   */
  private static void assertProblem(Rest.Answer answer, int status, String fields) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    JsonObject problem = answer.json();
    assertThat(problem.getInt("status")).isEqualTo(status);
    assertThat(problem.getString("type")).isNotBlank();
    assertThat(problem.getString("title")).isNotBlank();
    assertThat(problem.getString("detail")).isNotBlank();
    if (fields != null) {
      JsonArray violations = problem.getJsonArray("violations");
      assertThat(
              violations.getValuesAs(JsonObject.class).stream()
                  .map(v -> v.getString("field"))
                  .sorted()
                  .collect(Collectors.joining(" ")))
          .isEqualTo(List.of(fields.split(" ")).stream().sorted().collect(Collectors.joining(" ")));
      assertThat(violations.getValuesAs(JsonObject.class))
          .allSatisfy(v -> assertThat(v.getString("message")).isNotBlank());
    }
  }
}
