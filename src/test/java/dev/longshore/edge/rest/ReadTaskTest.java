package dev.longshore.edge.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.problem.InvalidInput;
import dev.longshore.problem.Violation;
import dev.longshore.task.NewTask;
import jakarta.json.JsonValue;
import java.time.OffsetDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadTaskTest {

  @Test
  void everyMemberIsRead() {
    NewTask task =
        read(
            """
            {"type": "noop", "payload": {"a": 1}, "queue": "mail", "priority": 9.0,
             "runAt": "2030-01-31T12:00:00+02:00", "key": "k", "uniqueKey": "u", "maxAttempts": 3}
            """);
    assertThat(task.type()).isEqualTo("noop");
    assertThat(task.payload().getInt("a")).isEqualTo(1);
    assertThat(task.queue()).isEqualTo("mail");
    assertThat(task.priority()).isEqualTo(9);
    assertThat(task.runAt()).isEqualTo(OffsetDateTime.parse("2030-01-31T10:00:00Z"));
    assertThat(task.key()).isEqualTo("k");
    assertThat(task.uniqueKey()).isEqualTo("u");
    assertThat(task.maxAttempts()).isEqualTo(3);
  }

  @Test
  void whatIsNullOrAbsentIsLeftToTheType() {
    NewTask task = read("{\"type\":\"noop\",\"priority\":null,\"payload\":null}");
    assertThat(task.priority()).isNull();
    assertThat(task.queue()).isNull();
    assertThat(task.payload()).isEqualTo(JsonValue.EMPTY_JSON_OBJECT);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          {}                                            | type        | is missing
          {"type":null}                                 | type        | is missing
          {"type":""}                                   | type        | is missing
          {"type":5}                                    | type        | not a number
          {"type":"a","payload":[1]}                    | payload     | not an array
          {"type":"a","payload":"{}"}                   | payload     | not a string
          {"type":"a","priority":10}                    | priority    | from 0 to 9
          {"type":"a","priority":-1}                    | priority    | from 0 to 9
          {"type":"a","priority":1.5}                   | priority    | whole number
          {"type":"a","priority":99999999999}           | priority    | whole number
          {"type":"a","priority":"1"}                   | priority    | not a string
          {"type":"a","priority":true}                  | priority    | not a boolean
          {"type":"a","maxAttempts":0}                  | maxAttempts | 1 or more
          {"type":"a","runAt":"tomorrow"}               | runAt       | ISO 8601
          {"type":"a","runAt":"2030-01-01T00:00:00"}    | runAt       | offset
          {"type":"a","runAt":"2030-02-30T00:00:00Z"}   | runAt       | ISO 8601
          {"type":"a","runAt":1}                        | runAt       | not a number
          {"type":"a","runAt":"+10000-01-01T00:00:00Z"} | runAt       | 9999
          {"type":"a","runAt":"9999-12-31T23:00:00-05:00"} | runAt    | 9999
          {"type":"a","runAt":"1970-01-01T00:00:00+05:00"} | runAt    | 1970
          {"type":"a","key":""}                         | key         | 1 to 255
          {"type":"a","uniqueKey":""}                   | uniqueKey   | 1 to 255
          {"type":"a","queue":"two words"}              | queue       | letters
          {"type":"a","prio":1}                         | prio        | known are
          """)
  void aBadMemberIsNamedWithTheReason(String json, String field, String why) {
    InvalidInput refused = refused(json);
    assertThat(refused.isMalformed()).isFalse();
    assertThat(refused.violations())
        .singleElement()
        .satisfies(
            v -> {
              assertThat(v.field()).isEqualTo(field);
              assertThat(v.message()).contains(why);
            });
  }

  @Test
  void allBadMembersAreNamedAtOnce() {
    assertThat(
            refused("{\"type\":7,\"priority\":77,\"queue\":\"!\",\"x\":1,\"runAt\":\"n\"}")
                .violations())
        .extracting(Violation::field)
        .containsExactlyInAnyOrder("type", "priority", "queue", "x", "runAt");
  }

  private static NewTask read(String json) {
    return ReadTask.of(json.getBytes(UTF_8), "body");
  }

  private static InvalidInput refused(String json) {
    InvalidInput refused = catchThrowableOfType(InvalidInput.class, () -> read(json));
    assertThat(refused).isNotNull();
    return refused;
  }
}
