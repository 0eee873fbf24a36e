package dev.longshore.engine.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.engine.limit.Policy.Standing;
import dev.longshore.task.Limits;
import dev.longshore.task.Rate;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChoiceTest {

  private static final OffsetDateTime NOON = OffsetDateTime.parse("2030-01-01T12:00:00Z");
  private static final Scope QUEUE = Scope.queue("q");
  private static final Scope.Key KEY = new Scope.Key(QUEUE, "k");

  private final Map<Scope, Allowed> whole = new HashMap<>();
  private final KeyUse use = new KeyUse();
  private final Map<Scope.Key, Allowed> rates = new HashMap<>();

  @Test
  void ofAKeyTheOldestOfTheHighestPriorityAreChosenUpToTheLimit() {
    Choice choice =
        choose(
            new Limits(null, 2, null, null),
            task(1, 4, 30, false),
            task(2, 4, 20, false),
            task(3, 4, 40, false),
            task(4, 9, 1, false));
    assertThat(ids(choice)).containsExactly(4L, 3L);
    assertThat(choice.refused).allMatch(r -> r.key().equals(KEY));
    assertThat(choice.refused.get(0).holders()).containsExactly(4L, 3L);
  }

  @Test
  void whoIsUnderWayCounts() {
    use.underWay.addAll(List.of(7L, 8L));
    Choice choice = choose(new Limits(null, 2, null, null), task(1, 4, 30, false));
    assertThat(ids(choice)).isEmpty();
    assertThat(choice.refused.get(0).holders()).containsExactly(7L, 8L);
  }

  @Test
  void anExclusiveKeyIsKeptForTheOneThatHasBegun() {
    use.begun = new KeyUse.Next(5, 4);
    Limits one = new Limits(null, 1, null, null);
    assertThat(ids(choose(one, task(1, 4, 30, false)))).isEmpty();
    assertThat(ids(choose(one, task(1, 3, 30, false)))).isEmpty();
    assertThat(ids(choose(one, task(1, 5, 30, false)))).containsExactly(1L);
    assertThat(ids(choose(one, task(5, 4, 1, true)))).containsExactly(5L);
    assertThat(ids(choose(one, task(4, 4, 1, true))))
        .as("begun too, and older")
        .containsExactly(4L);
    assertThat(ids(choose(one, task(6, 4, 1, true)))).as("begun too, and younger").isEmpty();
  }

  @Test
  void anExclusiveKeyIsKeptForTheFirstInItsLine() {
    use.first = new KeyUse.Next(5, 4);
    Limits one = new Limits(null, 1, null, null);
    assertThat(ids(choose(one, task(6, 4, 30, false)))).isEmpty();
    assertThat(ids(choose(one, task(5, 4, 30, false)))).containsExactly(5L);
    assertThat(ids(choose(one, task(6, 4, 30, true)))).as("has begun").containsExactly(6L);
    assertThat(ids(choose(one, task(6, 3, 30, true)))).as("a lower priority").isEmpty();
  }

  @Test
  void whatAQueueAllowsIsSharedByItsKeys() {
    whole.put(QUEUE, new Allowed(1, null));
    Choice choice =
        choose(new Limits(1, 5, null, null), task(1, 4, 30, false), task(2, 4, 20, false));
    assertThat(ids(choice)).containsExactly(1L);
    assertThat(choice.refused.get(0).key()).as("no key is the reason").isNull();
  }

  @Test
  void aTaskThatIsFoundTwiceIsChosenOnce() {
    assertThat(
            ids(
                choose(
                    new Limits(null, 5, null, null), task(1, 4, 30, false), task(1, 4, 30, false))))
        .containsExactly(1L);
  }

  @Test
  void whoWaitsForTheRateOfAKeyIsToldWhenItOpens() {
    rates.put(KEY, new Allowed(0, NOON));
    Choice choice = choose(new Limits(null, null, null, Rate.of("1/PT1H")), task(1, 4, 30, false));
    assertThat(ids(choice)).isEmpty();
    assertThat(choice.opensAt()).isEqualTo(NOON);
  }

  private Choice choose(Limits limits, Waiting... tasks) {
    Policy policy = new Policy(1, Map.of("q", new Standing(false, limits)), Map.of(), false);
    return new Choice(policy, whole, Map.of(KEY, use), rates).among(List.of(tasks));
  }

  private static Waiting task(long id, int priority, int minutes, boolean begun) {
    return new Waiting(id, "t", "q", "k", priority, NOON.minusMinutes(minutes), begun, false);
  }

  private static List<Long> ids(Choice choice) {
    return choice.chosen.stream().map(Waiting::id).toList();
  }
}
