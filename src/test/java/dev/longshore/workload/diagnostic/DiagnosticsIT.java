package dev.longshore.workload.diagnostic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.story.Cluster;
import dev.longshore.story.Rest;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the diagnostic types do with their payloads, good and bad. */
@Execution(ExecutionMode.SAME_THREAD)
class DiagnosticsIT {

  private final Rest rest = Cluster.shared().rest();

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          sleep  | {"millis":-1}      | "millis" is -1 and must be a whole number of 0 or more.
          nap    | {"millis":"long"}  | "millis" is "long" and must be a whole number of 0 or more.
          fail   | {"times":1.5}      | "times" is 1.5 and must be a whole number of 0 or more.
          effect | {"name":7}         | "name" must be a string.
          effect | {}                 | "name" must be a string.
          """)
  void aPayloadThatCannotBeFailsItsTaskAtOnce(String type, String payload, String error) {
    JsonObject task = rest.await(rest.submit(type, payload), "failed", "succeeded");
    assertThat(task.getString("state")).isEqualTo("failed");
    assertThat(task.getString("error")).isEqualTo(error);
    assertThat(task.getInt("attempts")).isEqualTo(1);
  }

  @Test
  void aPipelineWhosePayloadCannotBeFailsWhenItsAttemptsAreUsedUp() {
    JsonObject task =
        rest.await(
            rest.submit("{\"type\":\"steps\",\"payload\":{\"items\":-5},\"maxAttempts\":1}"),
            "failed",
            "succeeded");
    assertThat(task.getString("state")).isEqualTo("failed");
    assertThat(task.getString("error")).contains("\"items\" is -5 and must be a whole number");
  }

  @ParameterizedTest
  @CsvSource({"sleep", "nap"})
  void whatTakesItsTimeSucceeds(String type) {
    for (String payload : List.of("{}", "{\"millis\":3}")) {
      rest.await(rest.submit(type, payload), "succeeded");
    }
  }

  @Test
  void eachPartOfAPipelineOfPartsHasItsOwnItems() throws Exception {
    long id = rest.submit("parts", "{\"items\":6,\"millis\":0}");
    rest.await(id, "succeeded");
    assertThat(
            Cluster.shared()
                .query(
                    "select item from longshore.effect_item where task_id = %d order by item"
                        .formatted(id),
                    row -> row.getLong(1)))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 24).boxed().toList());
  }
}
