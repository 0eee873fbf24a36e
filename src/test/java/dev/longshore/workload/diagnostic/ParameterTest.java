package dev.longshore.workload.diagnostic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParameterTest {

  @Test
  void readsWholeNumbersAndTheirDefaults() throws Exception {
    JsonObject payload = json("{\"a\": 3, \"b\": null, \"c\": 4.0}");
    assertThat(Parameter.whole(payload, "a", 9)).isEqualTo(3);
    assertThat(Parameter.whole(payload, "b", 9)).isEqualTo(9);
    assertThat(Parameter.whole(payload, "c", 9)).isEqualTo(4);
    assertThat(Parameter.whole(payload, "d", 9)).isEqualTo(9);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1.5", "\"3\"", "3000000000", "true", "[]"})
  void refusesAnythingElse(String value) {
    assertThatThrownBy(() -> Parameter.whole(json("{\"n\": " + value + "}"), "n", 9))
        .isInstanceOf(Parameter.Wrong.class)
        .hasMessage("\"n\" is " + value + " and must be a whole number of 0 or more.");
  }

  @Test
  void aPipelineHasThreeStepsAtLeast() throws Exception {
    assertThat(StepsPayload.of(json("{\"steps\": 1, \"items\": 5}")))
        .isEqualTo(new StepsPayload(3, 5, 0, 0));
    assertThat(StepsPayload.of(json("{\"steps\": 7, \"millis\": 2, \"failAt\": 4}")))
        .isEqualTo(new StepsPayload(7, 100, 2, 4));
  }

  private static JsonObject json(String text) {
    try (var reader = Json.createReader(new StringReader(text))) {
      return reader.readObject();
    }
  }
}
