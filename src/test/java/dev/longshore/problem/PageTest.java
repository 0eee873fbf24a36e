package dev.longshore.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PageTest {

  @Test
  void theOneTooManySaysThatThereIsMore() {
    assertThat(Page.of(List.of(3L, 4L, 9L), 2, n -> n)).isEqualTo(new Page<>(List.of(3L, 4L), 4L));
    assertThat(Page.of(List.of(3L, 4L), 2, n -> n)).isEqualTo(new Page<>(List.of(3L, 4L), null));
    assertThat(Page.of(List.<Long>of(), 2, n -> n)).isEqualTo(new Page<>(List.of(), null));
  }
}
