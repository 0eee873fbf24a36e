package dev.longshore.workload.summary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is taken for a summary, of all that an API may answer. */
class SummarizerTest {

  @Test
  void aSummaryIsTakenWithoutTheBlanksAroundIt() {
    assertThat(Summarizer.summary(answer("\\n In short. \\n"))).isEqualTo("In short.");
  }

  /** Each is an API that has to be asked again. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          ` \\n `    | answers with an empty summary
          A\\u0000b  | summary contains the character U+0000, which PostgreSQL cannot store
          A\\ud800b  | summary contains half of a surrogate pair
          """)
  void aSummaryThatCannotBeKeptIsNone(String text, String why) {
    assertThatThrownBy(() -> Summarizer.summary(answer(text)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          {}
          {"choices":[]}
          {"choices":[{"message":{}}]}
          {"choices":[{"message":{"content":["x"]}}]}
          """)
  void whatIsNoAnswerIsSaid(String answer) {
    assertThatThrownBy(() -> Summarizer.summary(json(answer)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("The summary API answers with something else: " + answer);
  }

  private static JsonObject answer(String escaped) {
    return json("{\"choices\":[{\"message\":{\"content\":\"%s\"}}]}".formatted(escaped));
  }

  private static JsonObject json(String text) {
    try (var reader = Json.createReader(new StringReader(text))) {
      return reader.readObject();
    }
  }
}
