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
 * Every block of Java in docs/testing.md is a class here, or the test on real servers of a new
 * project ({@code ScaffoldIT}), without its package and imports: compiled and run.
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
    Path onServers = Path.of("src/main/resources/scaffold/project/ApplicationIT.java");
    try (Stream<Path> files = Files.list(Path.of("src/test/java/dev/longshore/docs"))) {
      List<String> bodies =
          Stream.concat(files, Stream.of(onServers)).map(TestingDocTest::body).toList();
      assertThat(bodies).containsAll(blocks);
    }
  }

  private static String body(Path file) {
    try {
      return Files.readString(file)
          .replaceAll("(?m)^(package|import) .*;\n", "")
          .replace("${task}", "letters.count") // the names in a new project
          .replace("${worker}", "greeting")
          .strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
