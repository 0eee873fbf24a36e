package ${package};

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.test.TestWorker;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ${class}Test {

  private final TestWorker worker = TestWorker.of(${class}.class).start();

  @Test
  void itCountsAndSaysSo() {
    worker.given("${name}/greet", new ${class}.Greet("Ann"));
    worker.given("${name}/greet", new ${class}.Greet("Ann"));
    assertThat(worker.state(${class}.Counts.class).greetings).containsEntry("Ann", 2);
    assertThat(worker.appended("${name}/greeted", ${class}.Greeted.class))
        .extracting(${class}.Greeted::times)
        .containsExactly(1, 2);
  }

  @Test
  void nobodyCannotBeGreeted() {
    worker.given("${name}/greet", new ${class}.Greet(" "));
    assertThat(worker.deadLetters()).hasSize(1);
    assertThat(worker.appended()).isEmpty();
  }

  @Test
  void afterAFailureItTriesAgain() {
    worker.failNext(new IllegalStateException("as asked for"));
    worker.given("${name}/greet", new ${class}.Greet("Ben"));
    assertThat(worker.status()).isEqualTo(TestWorker.Status.WAITING);
    worker.advance(Duration.ofSeconds(1));
    assertThat(worker.handled()).isEqualTo(1);
  }
}
