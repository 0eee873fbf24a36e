package dev.longshore.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every block of Java in docs/testing.md stands in a class here, word for word, and so is compiled
 * and run.
 */
class TestingDocTest {

  @Test
  void everyBlockOfJavaIsRun() throws IOException {
    List<String> blocks =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("docs/testing.md")))
            .results()
            .map(block -> block.group(1).strip())
            .toList();
    assertThat(blocks).hasSizeGreaterThan(3);
    try (Stream<Path> files = Files.list(Path.of("src/test/java/dev/longshore/docs"))) {
      List<String> bodies = files.map(TestingDocTest::body).toList();
      assertThat(bodies).containsAll(blocks);
    }
  }

  private static String body(Path file) {
    try {
      return Files.readString(file).replaceAll("(?m)^(package|import) .*;\n", "").strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
