package dev.longshore.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every block of Java in docs/tasks.md is a class here, without its package and imports. */
class TasksDocTest {

  private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @Test
  void everyBlockOfJavaIsAClassThatCompiles() throws IOException {
    List<String> blocks =
        BLOCK
            .matcher(Files.readString(Path.of("docs/tasks.md")))
            .results()
            .map(block -> block.group(1).strip())
            .toList();
    assertThat(blocks).isNotEmpty();
    assertThat(classes()).containsAll(blocks);
  }

  private static List<String> classes() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/test/java/dev/longshore/docs"))) {
      return files.map(TasksDocTest::body).toList();
    }
  }

  private static String body(Path file) {
    try {
      return Files.readString(file).replaceAll("(?m)^(package|import) .*;\n", "").strip();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
