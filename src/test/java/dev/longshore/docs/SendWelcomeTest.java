package dev.longshore.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.docs.SendWelcome.Sent;
import dev.longshore.docs.SendWelcome.Welcome;
import dev.longshore.problem.InvalidInput;
import dev.longshore.task.TaskState;
import dev.longshore.test.TestHandler;
import dev.longshore.test.TestTask;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SendWelcomeTest {

  private final TestHandler handler = TestHandler.of(SendWelcome.class).start();

  @Test
  void itAnswersWithWhoWasWrittenTo() {
    TestTask task = handler.submit(new Welcome("ann@example.com", "Ann"));
    assertThat(task.state()).isEqualTo(TaskState.SUCCEEDED);
    assertThat(task.result(Sent.class)).isEqualTo(new Sent("ann@example.com", 1));
  }

  @Test
  void anAddressThatIsNoneIsRefused() {
    assertThatThrownBy(() -> handler.submit(new Welcome("ann", null)))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("payload.email");
  }

  @Test
  void itIsTriedThreeTimes() {
    for (int i = 0; i < 2; i++) {
      handler.failNext(new IllegalStateException("The mail server is away"));
    }
    TestTask task = handler.timeOutNext().submit(new Welcome("ann@example.com", "Ann"));
    assertThat(task.state()).isEqualTo(TaskState.PENDING);
    handler.advance(Duration.ofSeconds(1)).advance(Duration.ofSeconds(2));
    assertThat(task.state()).isEqualTo(TaskState.FAILED);
    assertThat(task.attempts()).isEqualTo(3);
  }
}
