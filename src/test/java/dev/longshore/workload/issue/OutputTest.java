package dev.longshore.workload.issue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OutputTest {

  @Test
  void handsOnWhatCameSinceTheLastTime() {
    Output output = new Output(100);
    add(output, "one ");
    add(output, "two ");
    assertThat(shown(output.take())).isEqualTo("0:one two ");
    assertThat(output.take()).isEmpty();
    add(output, "three");
    assertThat(shown(output.take())).isEqualTo("8:three");
    assertThat(output.total()).isEqualTo(13);
  }

  @Test
  void keepsTheFirstAndTheLastHalfHoweverMuchComes() {
    Output output = new Output(20_000);
    for (int i = 0; i < 1_000_000; i++) {
      add(output, i % 100 == 99 ? "\n" : "x");
    }
    add(output, "the end");

    List<Output.Chunk> kept = output.take();

    assertThat(output.total()).isEqualTo(1_000_007);
    assertThat(kept.stream().mapToInt(c -> c.bytes().length).sum())
        .isBetween(20_000, 20_000 + 4096);
    assertThat(kept.get(0).position()).isZero();
    assertThat(kept.get(0).bytes()).hasSize(10_000);
    assertThat(kept.get(1).position()).isGreaterThan(980_000);
    assertThat(kept.get(kept.size() - 1).end()).isEqualTo(1_000_007);
    assertThat(output.keptFrom()).isEqualTo(1_000_007 - 10_000);
  }

  @Test
  void splitsAtTheEndOfTheHead() {
    Output output = new Output(10);
    add(output, "0123456");
    assertThat(shown(output.take())).isEqualTo("0:01234 5:56");
    assertThat(output.keptFrom()).isEqualTo(5);
  }

  @Test
  void takesBackWhatCouldNotBeStored() {
    Output output = new Output(100);
    add(output, "one ");
    List<Output.Chunk> taken = output.take();
    add(output, "two");
    output.putBack(taken);
    assertThat(shown(output.take())).isEqualTo("0:one two");
  }

  @Test
  void staysBoundedWhileNothingCanBeStored() {
    Output output = new Output(8192);
    byte[] much = new byte[5000];
    for (int i = 0; i < 100; i++) {
      output.add(much, much.length);
      output.putBack(output.take());
    }
    assertThat(output.take().stream().mapToInt(c -> c.bytes().length).sum())
        .isLessThan(8192 + 5000 + 65_536);
  }

  @Test
  void quotesItsLastWholeLines() {
    Output output = new Output(100_000);
    add(output, "y".repeat(3000) + "\nlast but one\nlast\n\n");
    assertThat(output.tail()).isEqualTo("last but one\nlast");
    assertThat(output.lastLine()).isEqualTo("last");
    assertThat(new Output(10).lastLine()).isNull();
  }

  @Test
  void makesTextOfAnyBytes() {
    assertThat(Output.text(new byte[] {'a', 0, (byte) 0xff, (byte) 0xc3, (byte) 0xa9}))
        .isEqualTo("a\uFFFD\uFFFDé");
  }

  private static void add(Output output, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    output.add(bytes, bytes.length);
  }

  private static String shown(List<Output.Chunk> chunks) {
    return chunks.stream()
        .map(c -> c.position() + ":" + new String(c.bytes(), UTF_8))
        .collect(Collectors.joining(" "));
  }
}
