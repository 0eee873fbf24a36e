package dev.longshore.engine.batch;

import static org.assertj.core.api.Assertions.assertThat;

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

  @Test
  void of_nothing_is_nothing() {
    assertThat(ErrorText.of((Throwable) null)).isNull();
  }
}
