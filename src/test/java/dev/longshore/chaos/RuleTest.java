package dev.longshore.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.chaos.History.Attempt;
import dev.longshore.chaos.History.Beat;
import dev.longshore.chaos.History.Effect;
import dev.longshore.chaos.History.Item;
import dev.longshore.chaos.History.Limit;
import dev.longshore.chaos.History.Log;
import dev.longshore.chaos.History.Move;
import dev.longshore.chaos.History.Start;
import dev.longshore.chaos.History.Step;
import dev.longshore.chaos.History.Submission;
import dev.longshore.chaos.History.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each rule lets a clean history pass and says what is wrong with one that was doctored. */
class RuleTest {

  private static final long QUICK = 1;
  private static final long PIPELINE = 2;
  private static final long FIRST = 3;
  private static final long SECOND = 4;

  private final List<Submission> submissions = new ArrayList<>();
  private final Set<String> cancelled = new HashSet<>();
  private final Set<String> paused = new HashSet<>();
  private final List<Task> tasks = new ArrayList<>();
  private final List<Attempt> attempts = new ArrayList<>();
  private final List<Start> starts = new ArrayList<>();
  private final List<Beat> beats = new ArrayList<>();
  private final List<Move> moves = new ArrayList<>();
  private final List<Effect> effects = new ArrayList<>();
  private final List<Item> items = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();
  private final List<Limit> limits =
      new ArrayList<>(List.of(new Limit("key", "keyed", 1), new Limit("type", "steps", 1)));

  private final List<Long> appended = new ArrayList<>(List.of(1L, 2L));
  private final List<Long> messages = new ArrayList<>(List.of(1L, 2L, 5L, 6L));
  private final List<Long> handled = new ArrayList<>(List.of(1L, 2L, 5L));
  private final List<Long> setAside = new ArrayList<>(List.of(6L));

  /** A quick task; a pipeline of two items that was lost once; two tasks of one exclusive key. */
  @BeforeEach
  void clean() {
    task(QUICK, "effect", "default", null, 0, 0);
    run(QUICK, 11, 0, 5, "succeeded");
    effects.add(new Effect(QUICK, at(4)));
    task(PIPELINE, "steps", "default", null, 2, 10);
    run(PIPELINE, 12, 0, 10, "lost");
    run(PIPELINE, 13, 20, 30, "succeeded");
    starts.add(new Start(PIPELINE, 2));
    items.add(new Item(PIPELINE, 1, 1, "n1", at(5)));
    items.add(new Item(PIPELINE, 2, 2, "n2", at(25)));
    steps.add(new Step(PIPELINE, 1, "first", "COMPLETED"));
    steps.add(new Step(PIPELINE, 1, "items", "FAILED"));
    steps.add(new Step(PIPELINE, 2, "items", "COMPLETED"));
    task(FIRST, "effect", "keyed", "a", 0, 20);
    run(FIRST, 14, 0, 10, "succeeded");
    effects.add(new Effect(FIRST, at(9)));
    task(SECOND, "effect", "keyed", "a", 0, 30);
    run(SECOND, 15, 10, 20, "succeeded");
    effects.add(new Effect(SECOND, at(19)));
    beats("a", FIRST, FIRST, SECOND);
    beats("b", PIPELINE);
    beats("a", SECOND);
  }

  @Test
  void aCleanHistoryPasses() {
    assertThat(Rule.checkAll(history())).isEmpty();
  }

  @Test
  void whatWasNotAcknowledgedMayBeThereOrNot() {
    submissions.add(new Submission("unanswered", "effect", null, 0, 40, 0));
    assertThat(Rule.checkAll(history())).isEmpty();
  }

  @Test
  void anAcknowledgedTaskThatIsNotThereIsLost() {
    submissions.add(new Submission("gone", "effect", null, 0, 40, 41));
    broken(Rule.NOTHING_LOST, "gone was acknowledged and is not there");
  }

  @Test
  void aTaskThatIsThereTwiceIsSeen() {
    Task one = tasks.get(0);
    tasks.add(new Task(99, one.label(), one.type(), "default", null, "succeeded", null));
    assertThat(Rule.NOTHING_LOST.check(history()))
        .extracting(Violation::detail)
        .containsExactly("t1 was submitted once and is 2 tasks");
  }

  @Test
  void aTaskThatNeverEndsIsLost() {
    replace(tasks, task -> state(task, QUICK, "queued"));
    assertThat(Rule.NOTHING_LOST.check(history()))
        .extracting(Violation::detail)
        .containsExactly("task 1 is queued: null");
  }

  @Test
  void aTaskIsCancelledOnlyWhenSomebodyAskedForIt() {
    effects.removeIf(effect -> effect.task() == QUICK);
    replace(tasks, task -> state(task, QUICK, "cancelled"));
    replace(moves, m -> m.task() == QUICK ? move(m, "cancelled") : m);
    replace(attempts, run -> run.task() == QUICK ? outcome(run, "cancelled") : run);
    broken(Rule.NOTHING_LOST, "task 1 is cancelled");
    cancelled.add("t1");
    assertThat(Rule.checkAll(history())).isEmpty();
  }

  @Test
  void aSecondSettlementIsSeen() {
    moves.add(new Move(QUICK, 19, "ongoing", "failed", "failed", "n2"));
    broken(Rule.ONE_SETTLEMENT, "task 1 was settled 2 times");
  }

  @Test
  void anEndWithoutSettlementIsSeen() {
    moves.removeIf(move -> move.task() == QUICK);
    broken(Rule.ONE_SETTLEMENT, "task 1 was settled 0 times");
  }

  @Test
  void aTaskThatAnOperatorHasTriedAgainIsSettledOnceMore() {
    moves.add(0, new Move(QUICK, 10, "ongoing", "failed", "failed", "n2"));
    moves.add(1, new Move(QUICK, 0, "failed", "pending", "retried", "operator"));
    assertThat(Rule.checkAll(history())).isEmpty();
    moves.add(2, new Move(QUICK, 10, "queued", "cancelled", "cancelled", "operator"));
    broken(Rule.ONE_SETTLEMENT, "task 1 was settled 3 times and not 2");
  }

  @Test
  void aTaskThatIsTriedAgainAndStaysEndedIsSeen() {
    moves.add(new Move(QUICK, 0, "failed", "pending", "retried", "operator"));
    broken(Rule.ONE_SETTLEMENT, "task 1 was settled 1 times and not 2");
  }

  @Test
  void aClaimThatIsLeftTwiceIsSeen() {
    moves.add(new Move(PIPELINE, 12, "ongoing", "pending", "retry", "n1"));
    broken(Rule.ONE_SETTLEMENT, "task 2 left one claim 2 times");
  }

  @Test
  void twoAttemptsThatSucceedAreSeen() {
    attempts.add(new Attempt(QUICK, 19, 2, "n2", at(6), at(7), "succeeded"));
    broken(Rule.ONE_SETTLEMENT, "task 1 is succeeded by 2 attempts");
  }

  @Test
  void anAttemptThatNeverEndsIsSeen() {
    attempts.add(new Attempt(QUICK, 19, 2, "n2", at(6), null, null));
    broken(Rule.ONE_SETTLEMENT, "an attempt of an ended task is under way");
  }

  @Test
  void aStartWithoutAttemptIsSeen() {
    starts.add(new Start(PIPELINE, 3));
    broken(Rule.STARTS_RECORDED, "a command ran without an attempt");
  }

  @Test
  void aSecondStartOfAnAttemptIsSeen() {
    starts.add(new Start(PIPELINE, 2));
    broken(Rule.STARTS_RECORDED, "a command ran twice in one attempt");
  }

  @Test
  void anEffectTwiceIsSeen() {
    effects.add(new Effect(QUICK, at(6)));
    broken(Rule.EFFECTS_ONCE, "task 1 is succeeded and has 2 effects");
  }

  @Test
  void aMissingEffectIsSeen() {
    effects.removeIf(effect -> effect.task() == QUICK);
    broken(Rule.EFFECTS_ONCE, "task 1 is succeeded and has 0 effects");
  }

  @Test
  void anOverlapOfAnExclusiveKeyIsSeen() {
    replace(
        attempts,
        run ->
            run.task() == SECOND
                ? new Attempt(SECOND, 15, 1, "n2", at(9), at(20), "succeeded")
                : run);
    broken(Rule.EXCLUSIVE, "key a: 2 of at most 1 were under way at once");
  }

  @Test
  void aCommandThatRunsBesideAnotherOneOfItsKeyIsSeen() {
    beats("a", FIRST, SECOND);
    assertThat(Rule.EXCLUSIVE.check(history()))
        .extracting(Violation::detail)
        .containsExactly(
            "key a: Start[task=3, attempt=1] ran beside Start[task=4, attempt=1]",
            "key a: Start[task=4, attempt=1] ran beside Start[task=3, attempt=1]");
  }

  @Test
  void aCommandThatRunsBesideItsNextAttemptIsSeen() {
    beats.add(new Beat("b", new Start(PIPELINE, 2)));
    assertThat(Rule.checkAll(history())).isEmpty();
    beats.add(new Beat("b", new Start(PIPELINE, 1)));
    broken(Rule.EXCLUSIVE, "key b: Start[task=2, attempt=1] ran beside Start[task=2, attempt=2]");
  }

  @Test
  void aLimitThatIsPassedIsSeen() {
    limits.add(new Limit("queue", "default", 1));
    broken(Rule.LIMITS, "queue default: 2 of at most 1 were under way at once");
  }

  @Test
  void aRateThatIsPassedIsSeen() {
    limits.add(new Limit("queue", "keyed", 1, Duration.ofSeconds(10)));
    assertThat(Rule.checkAll(history())).isEmpty();
    limits.add(new Limit("queue", "keyed", 1, Duration.ofSeconds(11)));
    broken(Rule.LIMITS, "queue keyed: 2 of at most 1 started within PT11S");
  }

  @Test
  void anAttemptWithoutEndIsUnderWayForEver() {
    limits.add(new Limit("queue", "default", 2));
    attempts.add(new Attempt(QUICK, 19, 2, "n1", at(1), null, null));
    attempts.add(new Attempt(QUICK, 20, 3, "n1", at(1_000), null, null));
    assertThat(Rule.LIMITS.check(history())).hasSize(1);
  }

  @Test
  void aWrongOrderWithinAKeyIsSeen() {
    replace(
        submissions,
        s -> s.label().equals("t3") ? new Submission("t3", "effect", "a", 0, 50, 51) : s);
    broken(Rule.ORDER, "key a: t4 was submitted before t3 and began after it");
  }

  @Test
  void onlyOtherTypesPassByOneThatWasPaused() {
    replace(
        submissions,
        s -> s.label().equals("t3") ? new Submission("t3", "effect", "a", 0, 50, 51) : s);
    paused.add("effect");
    broken(Rule.ORDER, "key a: t4 was submitted before t3 and began after it");
    replace(
        submissions,
        s -> s.label().equals("t4") ? new Submission("t4", "sleep", "a", 0, 30, 35) : s);
    broken(Rule.ORDER, "key a: t4 was submitted before t3 and began after it");
    paused.add("sleep");
    assertThat(Rule.checkAll(history())).isEmpty();
  }

  @Test
  void submissionsThatRanAsideOfEachOtherHaveNoOrder() {
    replace(
        submissions,
        s -> s.label().equals("t3") ? new Submission("t3", "effect", "a", 0, 31, 51) : s);
    assertThat(Rule.checkAll(history())).isEmpty();
  }

  @Test
  void anItemThatIsWrittenAgainIsSeen() {
    items.add(new Item(PIPELINE, 1, 2, "n2", at(24)));
    broken(Rule.CHECKPOINTS, "item written again");
  }

  @Test
  void aMissingItemIsSeen() {
    items.remove(1);
    broken(Rule.CHECKPOINTS, "task 2 has 1 of 2 items");
  }

  @Test
  void aStepThatRunsAgainIsSeen() {
    steps.add(new Step(PIPELINE, 2, "first", "FAILED"));
    broken(Rule.CHECKPOINTS, "a step that had completed ran again");
  }

  @Test
  void aMessageThatIsNotThereIsSeen() {
    appended.add(3L);
    broken(Rule.MESSAGES, "message 3 was acknowledged and is not there");
  }

  @Test
  void aMessageThatIsPassedOverIsSeen() {
    handled.remove(2L);
    broken(Rule.MESSAGES, "message 2 was not handled");
  }

  @Test
  void aMessageThatIsHandledTwiceIsSeen() {
    handled.add(5L);
    broken(Rule.MESSAGES, "message 5 was handled twice");
  }

  @Test
  void aMessageThatIsHandledOutOfOrderIsSeen() {
    handled.add(0, 2L);
    handled.remove(2);
    broken(Rule.MESSAGES, "message 1 was handled after message 2");
  }

  private void broken(Rule rule, String detail) {
    List<Violation> violations = Rule.checkAll(history());
    assertThat(violations).extracting(Violation::rule).containsOnly(rule);
    assertThat(violations).anySatisfy(v -> assertThat(v.toString()).contains(rule.title(), detail));
  }

  private History history() {
    return new History(
        submissions,
        cancelled,
        paused,
        tasks,
        attempts,
        starts,
        beats,
        moves,
        effects,
        items,
        steps,
        limits,
        new Log(appended, messages, handled, setAside));
  }

  private void task(long id, String type, String queue, String key, int itemCount, long sent) {
    submissions.add(new Submission("t" + id, type, key, itemCount, sent, sent + 5));
    tasks.add(new Task(id, "t" + id, type, queue, key, "succeeded", null));
  }

  private void run(long task, long claim, int from, int to, String outcome) {
    int number = (int) attempts.stream().filter(run -> run.task() == task).count() + 1;
    attempts.add(new Attempt(task, claim, number, "n" + number, at(from), at(to), outcome));
    String state = outcome.equals("lost") ? "pending" : outcome;
    moves.add(new Move(task, claim, "ongoing", state, outcome, "n" + number));
  }

  private void beats(String key, long... of) {
    for (long task : of) {
      beats.add(new Beat(key, new Start(task, 1)));
    }
  }

  private static Task state(Task task, long id, String state) {
    return task.id() != id
        ? task
        : new Task(id, task.label(), task.type(), task.queue(), task.key(), state, null);
  }

  private static Move move(Move m, String to) {
    return new Move(m.task(), m.claim(), m.from(), to, to, m.actor());
  }

  private static Attempt outcome(Attempt a, String outcome) {
    return new Attempt(
        a.task(), a.claim(), a.number(), a.worker(), a.started(), a.ended(), outcome);
  }

  private static <T> void replace(List<T> all, UnaryOperator<T> change) {
    all.replaceAll(change);
  }

  private static Instant at(long second) {
    return Instant.ofEpochSecond(second);
  }
}
