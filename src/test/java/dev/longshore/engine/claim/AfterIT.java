package dev.longshore.engine.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.engine.EngineTestSupport;
import dev.longshore.engine.after.Follow;
import dev.longshore.engine.dispatch.Dispatched;
import dev.longshore.task.Lane;
import dev.longshore.task.Outcome;
import dev.longshore.task.TaskContext;
import dev.longshore.task.TaskHandler;
import dev.longshore.task.TaskMoved;
import dev.longshore.task.TaskState;
import dev.longshore.task.TaskType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tasks that come after others, and groups with a completion. */
class AfterIT extends EngineTestSupport {

  private static final String QUICK = "after-quick";

  @Inject private Claim claim;
  @Inject private Follow follow;

  @Deployment
  static WebArchive archive() {
    return archive(AfterIT.class, QuickOne.class);
  }

  @ApplicationScoped
  public static class QuickOne implements TaskHandler {
    @Override
    public TaskType type() {
      return TaskType.handler(QUICK).withLane(Lane.QUICK);
    }

    @Override
    public Outcome run(TaskContext task) {
      throw new IllegalStateException("nothing is dispatched here");
    }
  }

  @BeforeEach
  void plentyOfSlots() {
    worker.stopTakingWork();
    sql.update("update longshore.worker set long_slots = 100, quick_slots = 100");
    sql.update("delete from longshore.prerequisite_news");
    claim.forget();
  }

  @Test
  void aTaskStartsWhenAllThatItComesAfterHaveSucceeded() {
    long a = submit();
    long b = submit();
    long c = after(null, a, b);
    assertThat(claimed()).containsExactlyInAnyOrder(a, b);
    end(a, "succeeded");
    assertThat(claimed()).isEmpty();
    end(b, "succeeded");
    assertThat(claimed()).containsExactly(c);
    assertThat(number("select count(*) from longshore.prerequisite_news")).isZero();
  }

  /** What was claimed meanwhile must be sent. */
  @Test
  void whatCannotBeLetGoNowWaitsForTheNextRoundAndCostsTheClaimNothing() {
    long a = submit();
    assertThat(claimed()).containsExactly(a);
    long b = after(null, a);
    end(a, "succeeded");
    long other = submit();
    sql.update(
        """
        create function public.after_it() returns trigger language plpgsql as $$
        begin raise exception 'not now'; end $$
        """);
    sql.update(
        "create trigger after_it before update of held on longshore.task"
            + " for each row when (old.held = 'task' and new.held is null)"
            + " execute function public.after_it()");
    try {
      assertThat(tasksOf(claim.claim(Lane.QUICK, type -> 10))).containsExactly(other);
      assertThat(state(b)).isEqualTo("pending");
    } finally {
      sql.update("drop trigger after_it on longshore.task");
      sql.update("drop function public.after_it()");
    }

    assertThat(claimed()).containsExactly(b);
  }

  @Test
  void whileAnotherNodeWorksThroughTheNewsThisOneDoesNot() {
    long a = submit();
    assertThat(claimed()).containsExactly(a);
    long b = after(null, a);
    end(a, "succeeded");
    CountDownLatch locked = new CountDownLatch(1);
    CountDownLatch commit = new CountDownLatch(1);
    CompletableFuture<Void> another =
        CompletableFuture.runAsync(
            () ->
                slowly("select pg_advisory_xact_lock(hashtext('longshore.after'))", locked, commit),
            executor);
    await(locked);

    assertThat(follow.follow("a test")).isFalse();
    assertThat(claimed()).isEmpty();
    commit.countDown();
    another.join();

    assertThat(claimed()).containsExactly(b);
  }

  @Test
  void whatSomebodyIsJustMovingIsWatchedInTheNextRound() {
    long a = submit();
    assertThat(claimed()).containsExactly(a);
    CountDownLatch locked = new CountDownLatch(1);
    CountDownLatch commit = new CountDownLatch(1);
    CompletableFuture<Void> somebody =
        CompletableFuture.runAsync(
            () ->
                slowly(
                    "select 1 from longshore.task where id = " + a + " for update", locked, commit),
            executor);
    await(locked);
    long b = after(null, a);
    String news = "select count(*) from longshore.prerequisite_news";
    assertThat(number(news)).isEqualTo(1);

    follow.follow("a test");
    assertThat(number(news)).as("is left for later").isEqualTo(1);
    commit.countDown();
    somebody.join();

    follow.follow("a test");
    assertThat(number(news)).isZero();
    end(a, "succeeded");
    assertThat(claimed()).containsExactly(b);
  }

  @Test
  void whatItComesAfterMayHaveEndedAlready() {
    long a = submit();
    claimed();
    end(a, "succeeded");
    long b = after(null, a);
    assertThat(claimed()).containsExactly(b);
  }

  @Test
  void whenOneDoesNotSucceedItIsCancelledOrFailsByItsChoiceAndSoDoThoseAfterIt() {
    long a = submit();
    long cancelled = after(null, a);
    long failed = after("fail", a);
    long afterFailed = after("cancel", failed);
    long afterCancelled = after("fail", cancelled);
    long anyway = after("run", afterCancelled, a);
    assertThat(claimed()).containsExactly(a);
    end(a, "failed");

    assertThat(claimed()).containsExactly(anyway);
    assertThat(Stream.of(cancelled, failed, afterFailed, afterCancelled).map(this::state))
        .containsExactly("cancelled", "failed", "cancelled", "failed");
    assertThat(text("select error from longshore.task where id = ?", failed))
        .isEqualTo("Task " + a + ", which it comes after, failed.");
    assertThat(text("select error from longshore.task where id = ?", afterCancelled))
        .isEqualTo("Task " + cancelled + ", which it comes after, was cancelled.");
    assertThat(moves.fired())
        .filteredOn(m -> m.outcome().equals("prerequisite"))
        .extracting(TaskMoved::task, TaskMoved::from, TaskMoved::to)
        .contains(org.assertj.core.groups.Tuple.tuple(failed, TaskState.PENDING, TaskState.FAILED))
        .hasSize(4);
  }

  @Test
  void aPrerequisiteThatIsCancelledWhileItWaitsDoesNotSucceedEither() {
    long a = submit();
    long b = after(null, a);
    claim.claim(Lane.LONG, type -> 1); // hears that others come after it
    sql.update("update longshore.task set state = 'cancelled' where id = ?", a);
    assertThat(claimed()).isEmpty();
    assertThat(state(b)).isEqualTo("cancelled");
  }

  @Test
  void aRetryOfAPrerequisiteIsWaitedForAgainByThoseThatAreTriedAgainAfterIt() {
    long a = submit();
    long b = after(null, a);
    claimed();
    end(a, "failed");
    claimed();
    assertThat(state(b)).isEqualTo("cancelled");

    retry(a);
    assertThat(state(b)).as("what was cancelled stays so").isEqualTo("cancelled");
    retry(b);
    assertThat(claimed()).containsExactly(a);
    end(a, "succeeded");
    assertThat(claimed()).containsExactly(b);
  }

  @Test
  void triedAgainByItselfATaskRunsWithoutThoseThatFailed() {
    long a = submit();
    long b = after(null, a);
    claimed();
    end(a, "failed");
    claimed();
    retry(b);
    assertThat(claimed()).containsExactly(b);
  }

  @Test
  void triedAgainATaskWaitsForThoseThatHaveNotEndedAndForNoOthers() {
    long a = submit();
    long b = submit();
    long c = after(null, a, b);
    assertThat(claimed()).hasSize(2);
    end(a, "failed");
    claimed();
    assertThat(state(c)).isEqualTo("cancelled");

    retry(c);
    assertThat(claimed()).as("the second has not ended").isEmpty();
    end(b, "succeeded");
    assertThat(claimed()).as("what had failed before does not count").containsExactly(c);
  }

  @Test
  void triedAgainATaskHearsOfAFailureThatComesAfterItsRetry() {
    long a = submit();
    long b = submit();
    long c = after(null, a, b);
    assertThat(claimed()).hasSize(2);
    end(a, "failed");
    claimed();
    retry(c);
    end(b, "failed");
    claimed();
    assertThat(state(c)).isEqualTo("cancelled");
    assertThat(text("select error from longshore.task where id = ?", c)).contains("Task " + b);
  }

  /** It had failed when the retry was made, and nobody had told of it yet. */
  @Test
  void aFailureFromBeforeTheRetryIsNotHeldAgainstIt() {
    long a = submit();
    long b = submit();
    long d = submit();
    long c = after(null, a, b, d);
    assertThat(claimed()).hasSize(3);
    end(a, "failed");
    claimed();
    end(b, "failed");
    retry(c);
    claimed();
    assertThat(state(c)).isEqualTo("pending");
    end(d, "succeeded");
    assertThat(claimed()).containsExactly(c);
  }

  /** Its prerequisite ends, and is told of, between the retry's look at it and its commit. */
  @Test
  void aRetryThatIsStillOpenMissesNothing() {
    long a = submit();
    long b = submit();
    long c = after(null, a, b);
    assertThat(claimed()).hasSize(2);
    end(a, "failed");
    claimed();
    CountDownLatch retried = new CountDownLatch(1);
    CountDownLatch commit = new CountDownLatch(1);
    CompletableFuture<Void> retrying =
        CompletableFuture.runAsync(
            () ->
                slowly(
                    "update longshore.task set state = 'pending', run_at = now(), ended_at = null"
                        + " where id = "
                        + c,
                    retried,
                    commit),
            executor);
    await(retried);
    end(b, "succeeded");
    CompletableFuture<List<Long>> claiming = CompletableFuture.supplyAsync(this::claimed, executor);
    awaitDoneOrBlocked(claiming);
    commit.countDown();
    retrying.join();
    List<Long> found = new ArrayList<>(claiming.join());
    found.addAll(claimed());
    assertThat(found).containsExactly(c);
  }

  /** The submitter's transaction is open while the one it comes after ends. */
  @Test
  void whoeverSubmitsLocksNothingAndMissesNothing() {
    long a = submit();
    claimed();
    CountDownLatch submitted = new CountDownLatch(1);
    CountDownLatch commit = new CountDownLatch(1);
    CompletableFuture<Void> submitting =
        CompletableFuture.runAsync(() -> submitSlowly(a, submitted, commit), executor);
    await(submitted);
    end(a, "succeeded"); // does not wait
    assertThat(claimed()).isEmpty();
    commit.countDown();
    submitting.join();
    assertThat(claimed()).hasSize(1);
  }

  /** Neither sees the other one's end. */
  @Test
  void twoThatEndAtTheSameTimeLetTheThirdGo() {
    long a = submit();
    long b = submit();
    long c = after(null, a, b);
    assertThat(claimed()).hasSize(2);
    CountDownLatch ended = new CountDownLatch(1);
    CountDownLatch commit = new CountDownLatch(1);
    CompletableFuture<Void> slow =
        CompletableFuture.runAsync(() -> endSlowly(a, ended, commit), executor);
    await(ended);
    end(b, "succeeded");
    assertThat(claimed()).isEmpty();
    commit.countDown();
    slow.join();
    assertThat(claimed()).containsExactly(c);
  }

  @Test
  void aGroupsCompletionRunsWhenAllHaveEndedHoweverTheyDid() {
    long completion =
        number(
            """
            select longshore.enqueue_group(
                '[{"type": "after-quick"}, {"type": "after-quick"}, {"type": "after-quick"}]',
                '{"type": "after-quick", "priority": 9}')
            """);
    List<Long> members = claimed();
    assertThat(members).hasSize(3);
    end(members.get(0), "failed");
    end(members.get(1), "cancelled");
    assertThat(claimed()).isEmpty();
    end(members.get(2), "succeeded");
    assertThat(claimed()).containsExactly(completion);
  }

  @Test
  void whatIsNotThereCannotBeComeAfter() {
    long next = number("select last_value + 1 from longshore.task_id_seq");
    refused(
        "select longshore.enqueue('after-quick', after => array[%d])".formatted(next),
        "There is no task");
    refused(
        "select longshore.enqueue('after-quick', after => array[null::bigint])",
        "There is no task");
    refused(
        "select longshore.enqueue('after-quick', on_dependency_failure => 'fail')",
        "without tasks to come after");
    long a = submit();
    refused(
        "select longshore.enqueue('after-quick', after => array[%d], on_dependency_failure => 'x')"
            .formatted(a),
        "must be cancel, fail or run");
    refused(
        "select longshore.enqueue_many('[{\"type\": \"after-quick\", \"after\": [0]}]')",
        "no task's id");
    refused("select longshore.enqueue_group('[]', '{\"type\": \"after-quick\"}')", "at least one");
    refused(
        "select longshore.enqueue_group('[{\"type\": \"after-quick\"}]', '{\"type\": \"x\"}')",
        "The completion has the unknown task type");
    assertThat(number("select count(*) from longshore.task")).isEqualTo(1);
  }

  @Test
  void aBulkSubmissionMayComeAfterToo() {
    long a = submit();
    assertThat(
            number(
                "select longshore.enqueue_many(jsonb_build_array(jsonb_build_object('type', ?::text),"
                    + " jsonb_build_object('type', ?::text, 'after', jsonb_build_array(?::bigint))))",
                QUICK,
                QUICK,
                a))
        .isEqualTo(2);
    assertThat(claimed()).hasSize(2).contains(a);
    end(a, "succeeded");
    assertThat(claimed()).hasSize(1);
  }

  private void refused(String statement, String why) {
    assertThatThrownBy(() -> number(statement)).hasMessageContaining(why);
  }

  private long submit() {
    return number("select longshore.enqueue(?)", QUICK);
  }

  private long after(String otherwise, Long... others) {
    return number(
        "select longshore.enqueue(?, after => ?, on_dependency_failure => ?::text)",
        QUICK,
        others,
        otherwise);
  }

  /** What is claimed now, and after all news has been worked through. */
  private List<Long> claimed() {
    List<Dispatched> claims = claim.claim(Lane.QUICK, type -> 10);
    while (claims.isEmpty() && claim.againMillis(Lane.QUICK) == 0) {
      claim.forget();
      claims = claim.claim(Lane.QUICK, type -> 10);
    }
    return tasksOf(claims);
  }

  private List<Long> tasksOf(List<Dispatched> claims) {
    return sql.list(
        "select id from longshore.task where claim_id = any (?) order by id",
        row -> row.getLong(1),
        (Object) claims.stream().map(Dispatched::id).toArray(Long[]::new));
  }

  private void end(long task, String state) {
    sql.update(
        "update longshore.task set state = ?::longshore.task_state, ended_at = now(),"
            + " claim_id = null where id = ?",
        state,
        task);
  }

  private void retry(long task) {
    sql.update(
        "update longshore.task set state = 'pending', run_at = now(), ended_at = null"
            + " where id = ? and state in ('failed', 'cancelled')",
        task);
  }

  private void submitSlowly(long a, CountDownLatch submitted, CountDownLatch commit) {
    slowly("select longshore.enqueue('after-quick', after => array[" + a + "])", submitted, commit);
  }

  private void endSlowly(long task, CountDownLatch ended, CountDownLatch commit) {
    slowly(
        "update longshore.task set state = 'succeeded', claim_id = null where id = " + task,
        ended,
        commit);
  }

  private void slowly(String statement, CountDownLatch done, CountDownLatch commit) {
    sql.with(
        connection -> {
          connection.setAutoCommit(false);
          try (var s = connection.createStatement()) {
            s.execute(statement);
            done.countDown();
            await(commit);
            connection.commit();
          } finally {
            connection.setAutoCommit(true);
          }
          return null;
        });
  }
}
