package dev.longshore.workload.issue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogTextTest {

  @Test
  void joinsCharactersThatSpanTwoChunks() {
    byte[] bytes = "né".getBytes(UTF_8);
    assertThat(
            LogText.of(
                List.of(
                    new Output.Chunk(0, Arrays.copyOf(bytes, 2)),
                    new Output.Chunk(2, Arrays.copyOfRange(bytes, 2, 3)))))
        .isEqualTo("né");
  }

  @Test
  void saysWhatWasCut() {
    assertThat(
            LogText.of(
                List.of(
                    new Output.Chunk(0, "head".getBytes(UTF_8)),
                    new Output.Chunk(1000, "tail".getBytes(UTF_8)))))
        .isEqualTo("head\n[… 996 bytes were cut here: longshore.issue.log-limit …]\ntail");
  }
}
