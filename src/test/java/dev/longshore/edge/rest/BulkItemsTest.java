package dev.longshore.edge.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.problem.InvalidInput;
import dev.longshore.problem.TooLarge;
import dev.longshore.task.NewTask;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BulkItemsTest {

  private static final int LIMIT = 1000;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"a\"}\n{\"type\":\"b\"}",
        "{\"type\":\"a\"}\r\n\r\n{\"type\":\"b\"}\r\n",
        "\n \t\n{\"type\":\"a\"}\n\n\n{\"type\":\"b\"}\n\n"
      })
  void linesAreTasksAndBlankOnesAreNot(String body) {
    assertThat(types(BulkItems.lines(in(body), LIMIT, ReadTask::of))).containsExactly("a", "b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{\"type\":\"a\"},{\"type\":\"b\"}]",
        " [ \n {\"type\":\"a\"} , \t {\"type\":\"b\"} ] \n",
        "[{\"type\":\"a\",\"payload\":{\"x\":[\"]},[{\\\"\\\\\"]}},{\"type\":\"b\"}]"
      })
  void elementsOfAnArrayAreTasks(String body) {
    assertThat(types(BulkItems.array(in(body), LIMIT, ReadTask::of))).containsExactly("a", "b");
  }

  @Test
  void anEmptyArrayHasNoTasks() {
    assertThat(types(BulkItems.array(in(" [ ] "), LIMIT, ReadTask::of))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          ``                                | `The body is empty; a JSON array is expected.`
          {"type":"a"}                      | `The body is not a JSON array; lines of JSON are sent as application/x-ndjson.`
          [{"type":"a"}                     | `index 0: The body ends inside the array: it was cut off.`
          [{"type":"a"},                    | `index 1: The body ends inside the array: it was cut off.`
          [{"type":"a"},{"ty                | `index 1: The body ends inside the array: it was cut off.`
          [{"type":"a"},]                   | `index 1: A task is expected before ']'.`
          [{"type":"a"},,{"type":"b"}]      | `index 1: A task is expected before ','.`
          [,{"type":"b"}]                   | `index 0: A task is expected before ','.`
          [{"type":"a"}] x                  | `Something follows the end of the array.`
          [{"type":"a"}}]                   | `index 0: The element is not JSON: Expected EOF token, but got CURLYCLOSE at line 1, column 13.`
          [{"type":"a"} {"type":"b"}]       | `index 0: The element is not JSON: Expected EOF token, but got CURLYOPEN at line 1, column 14.`
          """)
  void aBrokenArrayIsSaidToBeSo(String body, String message) {
    InvalidInput refused =
        catchThrowableOfType(
            InvalidInput.class, () -> types(BulkItems.array(in(body), LIMIT, ReadTask::of)));
    assertThat(refused).hasMessage(message);
    assertThat(refused.isMalformed()).isTrue();
  }

  @Test
  void aBadLineIsCountedAsEditorsDo() {
    InvalidInput refused =
        catchThrowableOfType(
            InvalidInput.class,
            () ->
                types(
                    BulkItems.lines(
                        in("{\"type\":\"a\"}\n\n{\"type\":\"a\",\"x\":1}"), LIMIT, ReadTask::of)));
    assertThat(refused.unit()).isEqualTo("line");
    assertThat(refused.position()).hasValue(3);
    assertThat(refused.violations()).singleElement().extracting("field").isEqualTo("x");
  }

  @Test
  void anEndlessTaskIsRefusedAtTheLimitAndNotReadOn() {
    InputStream endless =
        new InputStream() {
          private long given;

          @Override
          public int read() {
            if (++given > 1 << 20) {
              throw new AssertionError("read far beyond the limit");
            }
            return 'x';
          }
        };
    Throwable line = catchThrowable(() -> types(BulkItems.lines(endless, LIMIT, ReadTask::of)));
    assertThat(line).isInstanceOf(TooLarge.class).hasMessageContaining("line 1");
    Throwable element =
        catchThrowable(
            () ->
                types(
                    BulkItems.array(
                        new SequenceInputStream(in("[{\"type\":\"a\"},{\"type\":\""), endless),
                        LIMIT,
                        ReadTask::of)));
    assertThat(element).isInstanceOf(TooLarge.class).hasMessageContaining("index 1");
  }

  /** However long a request is: what has come in and is no task yet fits into the buffer. */
  @Test
  void aRequestIsReadNoFurtherThanItsTasksAreWanted() {
    Endless lines = new Endless("", "{\"type\":\"a\"}\n");
    readAsFarAsWanted(lines, BulkItems.lines(lines, LIMIT, ReadTask::of));
    Endless array = new Endless("[", "{\"type\":\"a\"},");
    readAsFarAsWanted(array, BulkItems.array(array, LIMIT, ReadTask::of));
  }

  private static void readAsFarAsWanted(Endless in, BulkItems<NewTask> tasks) {
    for (int i = 1; i <= 100_000; i++) {
      assertThat(tasks.next().type()).isEqualTo("a");
      assertThat(in.given - (long) i * in.task.length).isLessThanOrEqualTo(64 * 1024);
    }
  }

  /** A request that begins so and then has the same task again and again. */
  private static final class Endless extends InputStream {
    private final byte[] begin;
    private final byte[] task;
    private long given;

    Endless(String begin, String task) {
      this.begin = begin.getBytes(UTF_8);
      this.task = task.getBytes(UTF_8);
    }

    @Override
    public int read() {
      if (given > 1 << 22) {
        throw new AssertionError("read far beyond what was wanted");
      }
      long at = given++ - begin.length;
      return at < 0 ? begin[(int) (at + begin.length)] : task[(int) (at % task.length)];
    }

    @Override
    public int read(byte[] to, int from, int length) {
      for (int i = from; i < from + length; i++) {
        to[i] = (byte) read();
      }
      return length;
    }
  }

  @Test
  void theLimitIsForEachTaskNotForTheRequest() {
    String task = "{\"type\":\"a\",\"payload\":{\"x\":\"%s\"}}".formatted("y".repeat(900));
    assertThat(types(BulkItems.lines(in((task + "\n").repeat(50)), LIMIT, ReadTask::of)))
        .hasSize(50);
  }

  private static InputStream in(String body) {
    return new ByteArrayInputStream(body.getBytes(UTF_8));
  }

  private static List<String> types(BulkItems<NewTask> items) {
    List<String> types = new ArrayList<>();
    items.forEachRemaining((NewTask task) -> types.add(task.type()));
    return types;
  }
}
