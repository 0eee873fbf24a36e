package dev.longshore.problem;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          ``                    | The body is empty; a JSON object is expected.
          `  `                  | The body is empty; a JSON object is expected.
          hello                 | The body is not JSON: unexpected 'h' at line 1, column 1.
          {"a":                 | The body is not JSON: it ends too early at line 1, column 6.
          {"a":"b               | The body is not JSON: it ends too early at line 1, column 8.
          {"a":1} x             | The body is not JSON: unexpected 'x' at line 1, column 9.
          {"a":1,"a":2}         | The body cannot be read: Duplicate key 'a' is not allowed.
          {"a":1e99999999999}   | The body cannot be read: Too many nonzero exponent digits.
          """)
  void whatCannotBeReadIsMalformed(String text, String message) {
    InvalidInput refused = refused(text);
    assertThat(refused.isMalformed()).isTrue();
    assertThat(refused).hasMessage(message);
  }

  @Test
  void theLineAndColumnOfAMistakeAreTheSenders() {
    assertThat(refused("{\n  \"a\": 1,\n  b\n}")).hasMessageContaining("at line 3, column 3");
  }

  @Test
  void bytesThatAreNoUtf8AreMalformed() {
    byte[] latin1 = {'{', '"', (byte) 0xe9, '"', ':', '1', '}'};
    InvalidInput refused =
        catchThrowableOfType(InvalidInput.class, () -> JsonText.object(latin1, "body"));
    assertThat(refused).hasMessage("The body is not UTF-8.");
    assertThat(refused.isMalformed()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "null", "\"x\"", "1", "true"})
  void whatIsNoObjectIsUnfit(String text) {
    InvalidInput refused = refused(text);
    assertThat(refused.isMalformed()).isFalse();
    assertThat(refused).hasMessageStartingWith("A JSON object is expected, not ");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          {"a":{"b":[0,"x\\u0000"]}}  | a.b[1] | U+0000
          {"a":{"b\\u0000":1}}        | a.b?   | U+0000
          {"a":"\\ud800"}             | a      | surrogate
          {"a":"\\udc00\\ud800"}      | a      | surrogate
          {"a":1e401}                 | a      | 400 digits
          {"a":1e-401}                | a      | 400 digits
          """)
  void whatPostgresCannotKeepIsUnfitAndNamed(String text, String field, String why) {
    InvalidInput refused = refused(text);
    assertThat(refused.isMalformed()).isFalse();
    assertThat(refused.violations())
        .singleElement()
        .satisfies(
            v -> {
              assertThat(v.field()).isEqualTo(field);
              assertThat(v.message()).contains(why);
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"a\":1.7976931348623157e308,\"b\":4.9e-324}",
        "{\"a\":\"\\ud83d\\ude00\"}"
      })
  void whatPostgresCanKeepIsRead(String text) {
    assertThat(JsonText.object(text.getBytes(UTF_8))).isNotNull();
  }

  @Test
  void nestingIsBounded() {
    assertThat(JsonText.object(nested(JsonText.DEEPEST - 1))).isNotNull();
    assertThat(refused(new String(nested(JsonText.DEEPEST + 1), UTF_8)))
        .hasMessageContaining("nested deeper than");
    assertThat(refused(new String(nested(1_000_000), UTF_8)).isMalformed()).isTrue();
  }

  private static byte[] nested(int depth) {
    return ("{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}").getBytes(UTF_8);
  }

  private static InvalidInput refused(String text) {
    InvalidInput refused =
        catchThrowableOfType(InvalidInput.class, () -> JsonText.object(text.getBytes(UTF_8)));
    assertThat(refused).isNotNull();
    return refused;
  }
}
