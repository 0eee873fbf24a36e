package dev.longshore.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.log.worker.WorkerDeclaration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every block of Java in docs/event-workers.md is a class here, without its package and imports,
 * and a worker that would start. Its SQL and HTTP are run by {@link EventWorkersDocIT}.
 */
class EventWorkersDocTest {

  @Test
  void everyBlockOfJavaIsAClassThatCompiles() throws IOException {
    List<String> blocks = blocks("java");
    assertThat(blocks).hasSizeGreaterThan(5);
    assertThat(classes()).containsAll(blocks);
  }

  @Test
  void thereIsNoBlockThatNobodyRuns() throws IOException {
    assertThat(blocks("[a-z]*"))
        .hasSize(blocks("java").size() + blocks("sql").size() + blocks("http").size());
  }

  @Test
  void theWorkersInItAreDeclaredRight() {
    for (Class<?> worker : List.of(CountVotes.class, ConvertPrices.class, WriteInvoices.class)) {
      assertThat(WorkerDeclaration.of(worker, null).messages()).isNotEmpty();
    }
  }

  /** The blocks of a language, those in lists without their indentation. */
  static List<String> blocks(String language) throws IOException {
    return Pattern.compile(
            "^( *)```" + language + "\n(.*?)^ *```", Pattern.DOTALL | Pattern.MULTILINE)
        .matcher(Files.readString(Path.of("docs/event-workers.md")))
        .results()
        .map(block -> block.group(2).replaceAll("(?m)^" + block.group(1), "").strip())
        .toList();
  }

  private static List<String> classes() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/test/java/dev/longshore/docs"))) {
      return files.map(EventWorkersDocTest::body).toList();
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
