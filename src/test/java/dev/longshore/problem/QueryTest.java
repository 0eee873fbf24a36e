package dev.longshore.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTest {

  @Test
  void aPageHasADefaultSize() {
    assertThat(Query.limit(null)).isEqualTo(Query.DEFAULT_LIMIT);
    assertThat(Query.limit("1")).isEqualTo(1);
    assertThat(Query.limit("1000")).isEqualTo(1000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "1001", "99999999999", "abc", "1.5", " 1"})
  void aPageOfAnotherSizeIsRefused(String limit) {
    assertThatThrownBy(() -> Query.limit(limit))
        .isInstanceOf(InvalidInput.class)
        .hasMessage("limit must be a whole number from 1 to 1000.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "9223372036854775808", "abc"})
  void aPageAfterNothingIsRefused(String after) {
    assertThatThrownBy(() -> Query.after(after)).isInstanceOf(InvalidInput.class);
  }

  @Test
  void aPageComesAfterAnId() {
    assertThat(Query.after(null)).isNull();
    assertThat(Query.after("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
  }
}
