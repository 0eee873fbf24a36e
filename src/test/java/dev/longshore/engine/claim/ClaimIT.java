package dev.longshore.engine.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.engine.EngineTestSupport;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is claimed, in which order, how much of it, and by whom. Nothing is sent. */
class ClaimIT extends EngineTestSupport {

  private static final String PENDING =
      "select count(*) from longshore.task where state = 'pending'";
  private static final Duration HOUR = Duration.ofHours(1);

  @Inject private Claim claim;
  @Inject private ClaimWithLimits withLimits;

  @Deployment
  static WebArchive archive() {
    return archive(
        ClaimIT.class, Handler.class, LongOne.class, QuickA.class, QuickB.class, QuickC.class);
  }

  public abstract static class Handler implements TaskHandler {
    private final TaskType type;

    Handler(String name, Lane lane) {
      type = TaskType.handler(name).withLane(lane);
    }

    @Override
    public TaskType type() {
      return type;
    }

    @Override
    public Outcome run(TaskContext task) {
      throw new IllegalStateException("nothing is dispatched here");
    }
  }

  @ApplicationScoped
  public static class LongOne extends Handler {
    public LongOne() {
      super("claim-long", Lane.LONG);
    }
  }

  @ApplicationScoped
  public static class QuickA extends Handler {
    public QuickA() {
      super("claim-a", Lane.QUICK);
    }
  }

  @ApplicationScoped
  public static class QuickB extends Handler {
    public QuickB() {
      super("claim-b", Lane.QUICK);
    }
  }

  @ApplicationScoped
  public static class QuickC extends Handler {
    public QuickC() {
      super("claim-c", Lane.QUICK);
    }
  }

  @BeforeEach
  void plentyOfSlots() {
    worker.stopTakingWork(); // this node is not to claim what a test submits, however it is woken
    slots(100);
    claim.forget(); // the cursor stands where another test ended
  }

  @Test
  void theHighestPriorityComesFirstThenTheLongestDueThenTheFirstSubmitted() {
    slots(1);
    sql.update("insert into longshore.claim (lane, type, claimed_by) values ('long', 'x', 'x')");
    long recent = pending("claim-long", 4, Duration.ofMinutes(1));
    long older = pending("claim-long", 4, Duration.ofMinutes(3));
    long urgent = pending("claim-long", 9, Duration.ofSeconds(1));
    long idle = pending("claim-long", 0, HOUR);
    long twin = pending("claim-long", 4, Duration.ofMinutes(2));
    sql.update(
        "insert into longshore.task (type, queue, priority, max_attempts, run_at)"
            + " select type, queue, priority, max_attempts, run_at from longshore.task where id = ?",
        twin);
    long secondTwin = number("select max(id) from longshore.task");

    // Two in flight at most, and one of them is there already: one at a time.
    List<Long> order = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      List<Dispatched> claims = claim.claim(Lane.LONG, type -> 1);
      assertThat(claims).hasSize(1);
      order.addAll(tasksOf(claims.get(0)));
      assertThat(claims.get(0).priority())
          .isEqualTo(
              (int) number("select priority from longshore.task where id = ?", order.get(i)));
      sql.update("delete from longshore.claim where id = ?", claims.get(0).id());
    }

    assertThat(order).containsExactly(urgent, older, twin, secondTwin, recent, idle);
  }

  @Test
  void whatIsNotDueNotKnownHereOrOfTheOtherLaneIsLeftAlone() {
    long later = pending("claim-long", 9, HOUR.negated());
    long unknown = pending(TYPE, 9, HOUR);
    long quick = pending("claim-a", 9, HOUR);
    long due = pending("claim-long", 0, Duration.ZERO);

    List<Dispatched> claims = claim.claim(Lane.LONG, type -> 1);

    assertThat(claims).hasSize(1);
    assertThat(tasksOf(claims.get(0))).containsExactly(due);
    assertThat(Stream.of(later, unknown, quick).map(this::state)).containsOnly("pending");
    assertThat(claims.get(0).lane()).isEqualTo(Lane.LONG);
    assertThat(text("select lane || ' ' || type || ' ' || claimed_by from longshore.claim"))
        .isEqualTo("long claim-long " + worker.id());
  }

  @Test
  void noMoreClaimsAreInFlightThanTwiceTheSlotsOfTheLiveNodes() {
    slots(2);
    IntStream.range(0, 10).forEach(i -> pending("claim-long", 4, HOUR));
    // None of these counts: a foreign worker's lease, nodes that are gone, the other lane's claim.
    sql.update(
        "insert into longshore.claim (lane, type, claimed_by, lease_until)"
            + " values ('long', 'x', 'x', now() + interval '1 day'), ('quick', 'x', 'x', null)");
    node("stopped", "stopped", "1 day");
    node("silent", "active", "-1 second");

    List<Dispatched> first = claim.claim(Lane.LONG, type -> 1);
    assertThat(first).hasSize(4);
    assertThat(claim.claim(Lane.LONG, type -> 1)).isEmpty();

    sql.update("delete from longshore.claim where id = ?", first.get(0).id());
    assertThat(claim.claim(Lane.LONG, type -> 1)).hasSize(1);

    node("another", "active", "1 day");
    assertThat(claim.claim(Lane.LONG, type -> 1)).hasSize(2);
    assertThat(claim.claim(Lane.LONG, type -> 1)).isEmpty();
  }

  @Test
  void typesThatShareALaneShareItsRoom() {
    slots(1);
    long a = pending("claim-a", 9, HOUR);
    long b = pending("claim-b", 0, HOUR);
    long c = pending("claim-c", 5, HOUR);

    assertThat(claim.claim(Lane.QUICK, type -> 100)).hasSize(2);

    assertThat(Stream.of(a, b, c).map(this::state)).containsExactly("queued", "pending", "queued");
  }

  @Test
  void quickTasksOfATypeShareClaimsOfAtMostTheSize() {
    roomForOne();
    List<Long> a = IntStream.range(0, 5).mapToObj(i -> pending("claim-a", i, HOUR)).toList();
    List<Long> b = IntStream.range(0, 2).mapToObj(i -> pending("claim-b", 9, HOUR)).toList();

    List<List<Long>> shares = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      List<Dispatched> claims = claim.claim(Lane.QUICK, type -> 2);
      assertThat(claims).hasSize(1);
      shares.add(tasksOf(claims.get(0)));
      sql.update("delete from longshore.claim where id = ?", claims.get(0).id());
    }

    assertThat(shares)
        .containsExactly(
            b, List.of(a.get(3), a.get(4)), List.of(a.get(1), a.get(2)), List.of(a.get(0)));
  }

  @Test
  void fewTasksAreSpreadOverTheRoomThereIs() {
    slots(2);
    IntStream.range(0, 6).forEach(i -> pending("claim-a", 4, HOUR));

    assertThat(claim.claim(Lane.QUICK, type -> 100))
        .extracting(claimed -> tasksOf(claimed).size())
        .containsExactlyInAnyOrder(2, 2, 2);
  }

  @Test
  void everyClaimedTaskIsToldOnce() {
    roomForOne();
    long one = pending("claim-a", 4, HOUR);
    long two = pending("claim-a", 4, HOUR);

    long id = claim.claim(Lane.QUICK, type -> 100).get(0).id();

    assertThat(moves.committed())
        .containsExactlyInAnyOrder(claimed(one, id), claimed(two, id))
        .containsExactlyElementsOf(moves.fired());
  }

  @Test
  void aClaimWithLimitsThatRollsBackLeavesNothing() {
    pending("claim-a", 4, HOUR);
    pending("claim-a", 4, HOUR);
    String before = everything();
    moves.during(
        moved -> {
          throw new IllegalStateException("no");
        });

    assertThatThrownBy(() -> claimWithLimits(100)).hasMessage("no");

    assertThat(everything()).isEqualTo(before);
    assertThat(moves.committed()).isEmpty();
    moves.clear();
    assertThat(claim.claim(Lane.QUICK, type -> 100)).hasSize(2);
  }

  @Test
  void aClaimWithoutLimitsIsMadeAndToBeSentWhateverThoseDoWhoAreTold() {
    long task = pending("claim-a", 4, HOUR);
    moves.during(
        moved -> {
          throw new IllegalStateException("no");
        });

    List<Dispatched> claims = claim.claim(Lane.QUICK, type -> 100);

    assertThat(claims).hasSize(1);
    assertThat(tasksOf(claims.get(0))).containsExactly(task);
  }

  /** The first one holds its transaction open while the second one claims. */
  @Test
  void twoThatClaimAtOnceNeverGetTheSameTask() {
    IntStream.range(0, 6).forEach(i -> pending("claim-a", 4, HOUR));
    CountDownLatch claimed = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicBoolean first = new AtomicBoolean(true);
    moves.during(
        moved -> {
          if (first.compareAndSet(true, false)) {
            claimed.countDown();
            await(goOn);
          }
        });
    slots(1); // room for two claims of two: the first cannot take everything
    CompletableFuture<Claim.Round> one =
        CompletableFuture.supplyAsync(() -> claimWithLimits(2), executor);
    await(claimed);
    CompletableFuture<List<Dispatched>> two = claimAside(2);
    awaitDoneOrBlocked(two);
    goOn.countDown();

    List<Long> ofOne = one.join().tasks().stream().map(c -> c.place().id()).toList();
    List<Long> ofTwo = two.join().stream().flatMap(c -> tasksOf(c).stream()).toList();
    assertThat(ofOne).hasSize(4);
    assertThat(ofTwo).hasSize(2).doesNotContainAnyElementsOf(ofOne);
    assertThat(moves.committed()).extracting(TaskMoved::task).doesNotHaveDuplicates();
  }

  @Test
  void manyThatClaimAtOnceGetEveryTaskOnce() {
    sql.update(
        "insert into longshore.task (type, queue, priority, max_attempts)"
            + " select 'claim-a', 'default', n % 10, 5 from generate_series(1, 500) n");

    List<CompletableFuture<?>> claimers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      claimers.add(
          CompletableFuture.runAsync(
              () -> {
                while (number(PENDING) > 0) {
                  claim.claim(Lane.QUICK, type -> 1);
                  claim.forget(); // what another one was just looking at is passed over
                  sql.update("delete from longshore.claim where claimed_at < clock_timestamp()");
                }
              },
              executor));
    }
    CompletableFuture.allOf(claimers.toArray(CompletableFuture[]::new)).join();

    assertThat(number("select count(*) from longshore.task where state = 'queued'")).isEqualTo(500);
    assertThat(moves.committed()).hasSize(500).extracting(TaskMoved::task).doesNotHaveDuplicates();
  }

  @Test
  void aClaimGoesOnBehindTheLastTaskAndASweepFindsWhatCameLate() {
    pending("claim-a", 4, Duration.ofMinutes(2));
    assertThat(claim.claim(Lane.QUICK, type -> 100)).hasSize(1);
    Object[] behindFirst = nextStarts();
    long late = pending("claim-a", 4, HOUR); // its submission began before and commits only now
    long next = pending("claim-a", 4, Duration.ofMinutes(1));
    long elsewhere = pending("claim-a", 3, HOUR); // a route of its own

    withLimits.claim(Lane.QUICK, type -> 100, behindFirst);
    assertThat(Stream.of(late, next, elsewhere).map(this::state))
        .containsExactly("pending", "queued", "queued");

    withLimits.claim(Lane.QUICK, type -> 100, new Cursor().starts(true));
    assertThat(state(late)).isEqualTo("queued");
  }

  @Test
  void everyRouteThatWasEverSubmittedToIsClaimed() {
    long task =
        number(
            """
            insert into longshore.task (type, queue, priority, max_attempts)
            values ('claim-b', 'a-new-queue', 7, 5) returning id
            """);
    long moved = pending("claim-b", 4, HOUR);
    sql.update("update longshore.task set queue = 'another-new-queue' where id = ?", moved);
    assertThat(claim.claim(Lane.QUICK, type -> 100)).hasSize(2);
    assertThat(Stream.of(task, moved).map(this::state)).containsOnly("queued");
  }

  /** Where the next claim begins, as the statement is given it. */
  private Object[] nextStarts() {
    Object[] starts = claim.starts(false);
    List<Class<? extends Object[]>> types =
        List.of(String[].class, String[].class, Integer[].class, String[].class, Long[].class);
    return IntStream.range(0, types.size())
        .mapToObj(i -> Arrays.copyOf((Object[]) starts[i], 1, types.get(i)))
        .toArray();
  }

  /** In a transaction, as where something has a limit. */
  private Claim.Round claimWithLimits(int size) {
    return withLimits.claim(Lane.QUICK, type -> size, new Cursor().starts(true));
  }

  private CompletableFuture<List<Dispatched>> claimAside(int size) {
    return CompletableFuture.supplyAsync(() -> claim.claim(Lane.QUICK, type -> size), executor);
  }

  private TaskMoved claimed(long task, long id) {
    return new TaskMoved(
        task,
        "claim-a",
        TaskState.PENDING,
        TaskState.QUEUED,
        0,
        id,
        worker.id(),
        "claimed",
        0,
        null);
  }

  private List<Long> tasksOf(Dispatched dispatched) {
    return sql.list(
        "select id from longshore.task where claim_id = ? order by id",
        row -> row.getLong(1),
        dispatched.id());
  }

  /** One slot, whose second claim is another one's. */
  private void roomForOne() {
    slots(1);
    sql.update("insert into longshore.claim (lane, type, claimed_by) values ('quick', 'x', 'x')");
  }

  private void slots(int slots) {
    sql.update(
        "update longshore.worker set long_slots = ?, quick_slots = ? where id = ?",
        slots,
        slots,
        worker.id());
  }

  private void node(String id, String state, String lease) {
    sql.update(
        """
        insert into longshore.worker (id, run, host, pid, version, state, lease_until, long_slots,
            quick_slots)
        values (?, 0, 'nowhere', 1, 'none', ?, now() + ?::interval, 1, 1)
        """,
        id,
        state,
        lease);
  }
}
