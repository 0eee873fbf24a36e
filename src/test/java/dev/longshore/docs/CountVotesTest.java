package dev.longshore.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.docs.CountVotes.Leader;
import dev.longshore.docs.CountVotes.Tally;
import dev.longshore.docs.CountVotes.Vote;
import dev.longshore.test.TestWorker;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CountVotesTest {

  private final TestWorker worker = TestWorker.of(CountVotes.class).start();

  @Test
  void votesAreCounted() {
    worker.given("vote/cast", new Vote("Ann")).given("vote/cast", new Vote("Ann"));
    assertThat(worker.state(Tally.class).votes).containsExactly(Map.entry("Ann", 2));
  }

  @Test
  void itSaysWhoLeadsWhenThatChanges() {
    worker.given("vote/cast", new Vote("Ann")).advance(Duration.ofMinutes(1));
    assertThat(worker.appended("vote/leader", Leader.class)).containsExactly(new Leader("Ann", 1));
  }

  @Test
  void aVoteForNobodyIsSetAsideAndTheNextOneCounts() {
    worker.given("vote/cast", new Vote("")).given("vote/cast", new Vote("Ben"));
    assertThat(worker.deadLetters()).hasSize(1);
    assertThat(worker.deadLetters().get(0).error()).contains("payload.candidate");
    assertThat(worker.state(Tally.class).votes).containsOnlyKeys("Ben");
  }
}
