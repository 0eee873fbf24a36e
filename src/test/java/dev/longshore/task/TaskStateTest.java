package dev.longshore.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TaskStateTest {

  @Test
  void onlyTheMovesOfTheDesignAreLegal() {
    Set<String> legal = new TreeSet<>();
    for (TaskState from : TaskState.values()) {
      for (TaskState to : TaskState.values()) {
        if (from.mayBecome(to)) {
          legal.add(from.label() + " -> " + to.label());
        }
      }
    }
    assertThat(legal)
        .containsExactly(
            "cancelled -> pending",
            "failed -> pending",
            "ongoing -> cancelled",
            "ongoing -> failed",
            "ongoing -> pending",
            "ongoing -> succeeded",
            "pending -> cancelled",
            "pending -> failed", // by its own choice, when one that it comes after did not succeed
            "pending -> queued",
            "queued -> ongoing",
            "queued -> pending");
  }

  @Test
  void statementsTakeTheirSourcesFromTheTable() {
    assertThat(TaskState.sqlSourcesOf(TaskState.SUCCEEDED)).isEqualTo("('ongoing')");
    assertThat(TaskState.sqlSourcesOf(TaskState.PENDING))
        .isEqualTo("('queued','ongoing','failed','cancelled')");
  }

  @Test
  void aStatementThatSaysItsStatesItselfIsHeldToTheTable() {
    TaskState.PENDING.requireMoves(TaskState.FAILED, TaskState.CANCELLED);

    assertThatThrownBy(() -> TaskState.PENDING.requireMoves(TaskState.FAILED, TaskState.SUCCEEDED))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("pending may not become succeeded");
  }

  @Test
  void anUnknownLabelIsAnsweredWithTheKnownOnes() {
    assertThatThrownBy(() -> TaskState.of("done"))
        .hasMessage(
            "'done' is not a state; the states are pending, queued, ongoing, succeeded, failed,"
                + " cancelled");
  }
}
