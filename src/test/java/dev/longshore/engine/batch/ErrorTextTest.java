package dev.longshore.engine.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import org.jberet.runtime.StepExecutionImpl;
import org.junit.jupiter.api.Test;

class ErrorTextTest {

  @Test
  void begins_with_class_and_message_and_goes_on_with_the_trace() {
    assertThat(ErrorText.of(new IllegalStateException("why")))
        .startsWith("java.lang.IllegalStateException: why")
        .contains("at dev.longshore.engine.batch.ErrorTextTest");
  }

  @Test
  void is_bounded() {
    assertThat(ErrorText.of(new IllegalStateException("x".repeat(100_000))))
        .hasSize(ErrorText.LIMIT)
        .endsWith("…");
  }

  @Test
  void has_no_character_that_the_database_refuses() {
    assertThat(ErrorText.of(new IllegalStateException("a\0b"))).doesNotContain("\0");
  }

  /** JBeret keeps it serialized, and gives it back with the step's end. */
  @Test
  void of_one_that_does_not_come_back_is_why_it_does_not() {
    StepExecutionImpl step = new StepExecutionImpl("step");
    step.setException(new Lost());

    assertThat(ErrorText.of(step))
        .startsWith(
            "What made the step fail could not be read back:"
                + " java.io.InvalidObjectException: not to be read");
    assertThat(ErrorText.thrown(step)).as("as it was thrown").isNull();
  }

  private static final class Lost extends Exception {
    private static final long serialVersionUID = 1L;

    private void readObject(ObjectInputStream in) throws IOException {
      throw new InvalidObjectException("not to be read");
    }
  }

  @Test
  void of_nothing_is_nothing() {
    assertThat(ErrorText.of((Throwable) null)).isNull();
  }
}
