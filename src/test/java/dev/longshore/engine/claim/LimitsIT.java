package dev.longshore.engine.claim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.engine.EngineTestSupport;
import dev.longshore.engine.dispatch.Dispatched;
import dev.longshore.engine.limit.Strays;
import dev.longshore.task.Lane;
import dev.longshore.task.Outcome;
import dev.longshore.task.TaskContext;
import dev.longshore.task.TaskHandler;
import dev.longshore.task.TaskType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What limits and pauses leave to be claimed, also by several at once, and in which order. */
class LimitsIT extends EngineTestSupport {

  private static final String QUICK = "limit-quick";
  private static final String OTHER = "limit-other";
  private static final String LONG = "limit-long";

  @Inject private Claim claim;
  @Inject private Strays strays;

  @Deployment
  static WebArchive archive() {
    return archive(LimitsIT.class, Nothing.class, QuickOne.class, OtherOne.class, LongOne.class);
  }

  public abstract static class Nothing implements TaskHandler {
    private final TaskType type;

    Nothing(String name, Lane lane) {
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
  public static class QuickOne extends Nothing {
    public QuickOne() {
      super(QUICK, Lane.QUICK);
    }
  }

  @ApplicationScoped
  public static class OtherOne extends Nothing {
    public OtherOne() {
      super(OTHER, Lane.QUICK);
    }
  }

  @ApplicationScoped
  public static class LongOne extends Nothing {
    public LongOne() {
      super(LONG, Lane.LONG);
    }
  }

  @BeforeEach
  void plentyOfSlotsAndNoLimits() {
    worker.stopTakingWork();
    sql.update("update longshore.worker set long_slots = 100, quick_slots = 100");
    noLimits();
    claim.forget();
  }

  @AfterEach
  void noLimits() {
    sql.update("delete from longshore.queue");
    sql.update("delete from longshore.rate_start");
    sql.update(
        "update longshore.task_type set paused = false, task_limit = null, key_limit = null,"
            + " rate_count = null, rate_seconds = null where name like 'limit-%'");
    sql.update("delete from longshore.key_free");
  }

  @Test
  void anExclusiveKeyHasOneTaskUnderWayHoweverManyClaimAtOnceAndTheyGoInOrder() {
    limit("queue-x", "key_limit", 1);
    for (int key = 0; key < 20; key++) {
      submit(QUICK, "queue-x", "key-" + key, 10);
    }

    assertThat(drainWithFourClaimers("queue-x", "key")).isEqualTo(1);

    List<String> order =
        sql.list(
            "select key || ' ' || count(*) filter (where claimed < before) from ("
                + " select key, (progress ->> 'claim')::bigint as claimed,"
                + "   lag((progress ->> 'claim')::bigint, 1, 0::bigint)"
                + "     over (partition by key order by run_at, id) as before"
                + " from longshore.task) t group by key",
            row -> row.getString(1));
    assertThat(order).hasSize(20).allMatch(o -> o.endsWith(" 0"));
  }

  @Test
  void noMoreOfAKeyAreUnderWayThanItsTypeAllows() {
    sql.update("update longshore.task_type set key_limit = 3 where name = ?", QUICK);
    submit(QUICK, "queue-x", "one", 20);
    submit(QUICK, "queue-y", "one", 20);
    submit(QUICK, "queue-y", "two", 20);

    assertThat(drainWithFourClaimers(QUICK, "key")).isEqualTo(3);
  }

  @Test
  void noMoreOfAQueueAreUnderWayThanItAllows() {
    limit("queue-x", "task_limit", 5);
    submit(QUICK, "queue-x", null, 60);
    submit(OTHER, "queue-x", null, 20);

    assertThat(drainWithFourClaimers("queue-x", "queue")).isEqualTo(5);
  }

  @Test
  void noMoreOfATypeAreUnderWayThanItAllows() {
    sql.update("update longshore.task_type set task_limit = 4 where name = ?", QUICK);
    submit(QUICK, "queue-x", null, 30);
    submit(QUICK, "queue-y", null, 30);
    submit(OTHER, "queue-x", null, 1);
    assertThat(claimed()).as("the other type is free").hasSize(5);
    endAll();

    assertThat(drainWithFourClaimers(QUICK, "type")).isEqualTo(4);
  }

  @Test
  void noMoreClaimsAreInFlightThanTwiceTheSlotsUnderLimitsAsWell() {
    limit("queue-x", "task_limit", 1_000);
    sql.update("update longshore.worker set quick_slots = 1");
    submit(QUICK, "queue-x", null, 50);

    assertThat(claim.claim(Lane.QUICK, type -> 10)).hasSize(2);
    assertThat(claim.claim(Lane.QUICK, type -> 10)).isEmpty();
    assertThat(claim.againMillis(Lane.QUICK)).as("a slot that falls free tells").isNegative();
  }

  @Test
  void ofANumberAndARateTheStricterCounts() {
    sql.update(
        "insert into longshore.queue (name, rate_count, rate_seconds) values ('queue-x', 4, 3600)");
    List<Long> tasks = submit(QUICK, "queue-x", null, 8);
    assertThat(claimed()).isEqualTo(tasks.subList(0, 4));
    attempt(tasks.get(0), "59 minutes");
    attempt(tasks.get(1), "59 minutes");

    limit("queue-x", "task_limit", 2);
    assertThat(claimed()).isEmpty();
    assertThat(claim.againMillis(Lane.QUICK)).as("only an end opens both").isNegative();

    limit("queue-x", "task_limit", 3);
    assertThat(claimed()).isEmpty();
    assertThat(claim.againMillis(Lane.QUICK)).as("the rate alone").isBetween(1L, 60_000L);

    sql.update("update longshore.queue set rate_count = 7");
    assertThat(claimed()).as("one by the number, three by the rate").hasSize(1);
  }

  @Test
  void theNextOfAKeyIsClaimedWhenOneHasLeftItAndTheOthersAreLeftAlone() {
    limit("queue-x", "key_limit", 1);
    List<Long> a = submit(QUICK, "queue-x", "a", 3);
    List<Long> b = submit(QUICK, "queue-x", "b", 3);
    assertThat(claimed()).containsExactlyInAnyOrder(a.get(0), b.get(0));

    String before = everything();
    assertThat(claimed()).isEmpty();
    assertThat(everything()).as("those who wait are not touched again").isEqualTo(before);

    end(a.get(0));
    assertThat(claimed()).containsExactly(a.get(1));
    end(b.get(0));
    end(a.get(1));
    assertThat(claimed()).containsExactlyInAnyOrder(a.get(2), b.get(1));
  }

  @Test
  void whatHasNoKeyOrAnotherQueueGoesItsWayBesideBlockedTasks() {
    limit("queue-x", "key_limit", 1);
    submit(QUICK, "queue-x", "a", 300);
    List<Long> free = submit(QUICK, "queue-x", null, 2);
    free = Stream.concat(free.stream(), submit(QUICK, "queue-y", "a", 2).stream()).toList();

    List<Long> got = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      got.addAll(claimed());
    }
    assertThat(got).hasSize(5).containsAll(free);
  }

  @Test
  void thoseThatWaitForAThousandKeysAreNotReadByTheClaimsOfFreeOnes() {
    limit("queue-x", "key_limit", 1);
    blocked("queue-x", 1_000, 100);
    List<Long> free = submit(QUICK, "queue-x", null, 5);
    List<Long> freeKey = submit(QUICK, "queue-x", "free", 1);
    List<Long> elsewhere = submit(QUICK, "queue-y", "key-1", 5);
    List<Long> reads = new ArrayList<>();
    moves.during(moved -> reads.add(readsOfThisSession()));

    List<Long> got = new ArrayList<>(claimed());
    got.addAll(claimed());
    assertThat(got)
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(free, freeKey, elsewhere).flatMap(List::stream).toList());
    for (int i = 0; i < 3; i++) {
      List<Long> one = submit(QUICK, "queue-x", null, 1);
      assertThat(claimed()).isEqualTo(one);
    }
    // One that is left has its next one claimed, and nobody else read.
    long leaves =
        number(
            "select min(id) from longshore.task where state = 'queued' and held is null and key = 'key-500'");
    long next = number("select min(id) from longshore.task where key = 'key-500' and held = 'key'");
    end(leaves);
    assertThat(claimed()).containsExactly(next);
    // What the session has read before the first one may be in its number.
    assertThat(Collections.min(reads)).as("tasks read, of 100,000").isBetween(1L, 500L);
    assertThat(reads.get(reads.size() - 1)).as("when a key was left").isLessThan(1_000L);
  }

  /** A key is left: the one that comes next is read, and not all who wait for it. */
  @Test
  void whoLeavesAKeyOfATypeHasTheNextOneReadAndNoOthers() {
    sql.update("update longshore.task_type set key_limit = 1 where name = ?", QUICK);
    blocked("queue-x", 300, 100);
    List<Long> reads = new ArrayList<>();
    List<Long> sessions = new ArrayList<>();
    moves.during(
        moved -> {
          reads.add(readsOfThisSession());
          sessions.add(number("select pg_backend_pid()"));
        });

    // A claim has a session of the pool, whose earlier reads count until they have been told once.
    Set<Long> told = new HashSet<>();
    for (boolean counted = false; !counted; counted = !told.add(sessions.get(0))) {
      reads.clear();
      sessions.clear();
      underWay(20).forEach(this::end);
      assertThat(claimed()).hasSize(20);
    }

    assertThat(Collections.min(reads)).as("tasks read, of 30,000").isBetween(1L, 600L);
  }

  private List<Long> underWay(int tasks) {
    return sql.list(
        // By the index of claims: what this session reads may count, too.
        """
        select id from (
            select id from longshore.task
            where claim_id = any (array(select id from longshore.claim)) offset 0) c
        order by id limit ?
        """,
        row -> row.getLong(1),
        tasks);
  }

  /** More of them than a claim looks at. */
  @Test
  void keysThatNobodyMayTakeNowDoNotHideThoseThatSomebodyMay() {
    sql.update("update longshore.task_type set key_limit = 1 where name in (?, ?)", QUICK, OTHER);
    sql.update("update longshore.task_type set paused = true where name = ?", OTHER);
    List<Long> tasks = submit(QUICK, "queue-x", "a", 2);
    assertThat(claimed()).containsExactly(tasks.get(0));
    assertThat(claimed()).isEmpty();
    sql.update("delete from longshore.key_free");
    sql.update(
        """
        insert into longshore.task (type, queue, priority, max_attempts, key, held)
        select ?, 'queue-x', 4, 5, 'b-' || n, 'key' from generate_series(1, 20000) n
        """,
        OTHER);
    sql.update(
        """
        insert into longshore.key_free (queue, type, key)
        select queue, type, key from longshore.task where type = ?
        """,
        OTHER);
    end(tasks.get(0));

    assertThat(claimed()).containsExactly(tasks.get(1));
  }

  @Test
  void aQueueThatIsPausedKeepsNobodyElsewhereFromItsExclusiveKey() {
    sql.update("update longshore.task_type set key_limit = 1 where name = ?", QUICK);
    submit(QUICK, "queue-x", "a", 1);
    limit("queue-x", "task_limit", 9);
    sql.update("update longshore.queue set paused = true where name = 'queue-x'");
    List<Long> elsewhere = submit(QUICK, "queue-y", "a", 2);

    assertThat(claimed()).containsExactly(elsewhere.get(0));
    assertThat(claimed()).isEmpty();
    end(elsewhere.get(0));
    assertThat(claimed()).containsExactly(elsewhere.get(1));
  }

  @Test
  void aTaskThatWaitsForItsRetryKeepsItsExclusiveKeyFromThoseOfItsPriority() {
    limit("queue-x", "key_limit", 1);
    List<Long> tasks = submit(QUICK, "queue-x", "a", 3);
    assertThat(claimed()).containsExactly(tasks.get(0));
    retryIn("1 hour", tasks.get(0));

    assertThat(claimed()).isEmpty();
    long urgent = submit(QUICK, "queue-x", "a", 1).get(0);
    sql.update("update longshore.task set priority = 9 where id = ?", urgent);
    sql.update("insert into longshore.route values (?, 'queue-x', 9)", QUICK);
    assertThat(claimed()).as("a higher priority goes first").containsExactly(urgent);
    end(urgent);
    assertThat(claimed()).isEmpty();

    sql.update("update longshore.task set run_at = now() where id = ?", tasks.get(0));
    assertThat(claimed()).as("though the others are due for longer").containsExactly(tasks.get(0));
    sql.update(
        "update longshore.task set state = 'pending', claim_id = null, runs = 1,"
            + " run_at = now() + interval '1 hour' where id = ?",
        tasks.get(0));
    sql.update("update longshore.task set state = 'cancelled' where id = ?", tasks.get(0));
    assertThat(claimed()).as("it will not come back").containsExactly(tasks.get(1));
  }

  @Test
  void withALimitAboveOneNobodyKeepsAKeyWhileItWaits() {
    limit("queue-x", "key_limit", 2);
    List<Long> tasks = submit(QUICK, "queue-x", "a", 4);
    assertThat(claimed()).hasSize(2);
    retryIn("1 hour", tasks.get(0));
    assertThat(claimed()).containsExactly(tasks.get(2));
  }

  @Test
  void anExclusiveKeyGoesInOrderAcrossTypesAndLanes() {
    limit("queue-x", "key_limit", 1);
    long first = submit(LONG, "queue-x", "a", 1).get(0);
    long second = submit(QUICK, "queue-x", "a", 1).get(0);

    assertThat(claimed()).as("it is not the quick lane's turn").isEmpty();
    assertThat(tasksOf(claim.claim(Lane.LONG, type -> 1))).containsExactly(first);
    assertThat(claimed()).isEmpty();
    end(first);
    assertThat(claimed()).containsExactly(second);
  }

  /** Whoever waits is marked only under the eyes of the one it waits for. */
  @Test
  void whoeverHasAKeyAndIsJustLeavingHoldsNobody() {
    limit("queue-x", "key_limit", 1);
    List<Long> tasks = submit(QUICK, "queue-x", "a", 1);
    assertThat(claimed()).containsExactlyElementsOf(tasks);
    long next = submit(QUICK, "queue-x", "a", 1).get(0);
    CountDownLatch ended = new CountDownLatch(1);
    CountDownLatch commit = new CountDownLatch(1);
    CompletableFuture<Void> leaving =
        CompletableFuture.runAsync(() -> endSlowly(tasks.get(0), ended, commit), executor);
    await(ended);

    assertThat(claimed()).isEmpty();
    assertThat(text("select held from longshore.task where id = ?", next)).isNull();
    commit.countDown();
    leaving.join();
    assertThat(claimed()).containsExactly(next);
  }

  @Test
  void aTaskThatEndsWhileAnotherIsMarkedToWaitForItFreesIt() {
    limit("queue-x", "key_limit", 1);
    List<Long> tasks = submit(QUICK, "queue-x", "a", 1);
    assertThat(claimed()).containsExactlyElementsOf(tasks);
    long next = submit(QUICK, "queue-x", "a", 1).get(0);
    submit(OTHER, "queue-y", null, 1);
    CountDownLatch marked = new CountDownLatch(1);
    CountDownLatch commit = new CountDownLatch(1);
    AtomicBoolean once = new AtomicBoolean(true);
    moves.during(
        moved -> {
          if (once.compareAndSet(true, false)) {
            marked.countDown();
            await(commit);
          }
        });
    CompletableFuture<List<Long>> claiming = CompletableFuture.supplyAsync(this::claimed, executor);
    await(marked);
    CompletableFuture<Void> leaving = CompletableFuture.runAsync(() -> end(tasks.get(0)), executor);
    commit.countDown();
    claiming.join();
    leaving.join();

    assertThat(Stream.concat(claimed().stream(), claimed().stream())).containsExactly(next);
  }

  @Test
  void aLimitCountsWhatWasClaimedBeforeItWasSet() {
    submit(QUICK, "queue-x", "a", 2);
    submit(QUICK, "queue-x", "b", 1);
    assertThat(claimed()).hasSize(3);
    limit("queue-x", "key_limit", 1);
    List<Long> more = submit(QUICK, "queue-x", "a", 1);
    List<Long> another = submit(QUICK, "queue-x", "c", 1);
    assertThat(claimed()).isEqualTo(another);
    limit("queue-x", "key_limit", 3);
    assertThat(claimed()).as("eased, it lets in who waited").isEqualTo(more);
  }

  @Test
  void withoutItsLimitAKeysTasksAreAllClaimed() {
    limit("queue-x", "key_limit", 1);
    submit(QUICK, "queue-x", "a", 50);
    assertThat(claimed()).hasSize(1);
    sql.update("delete from longshore.queue");
    assertThat(claimed()).hasSize(49);
    assertThat(number("select count(*) from longshore.key_free")).isZero();
  }

  @Test
  void aClaimThatIsUnderWayIsWaitedForBeforeALimitIsSet() {
    submit(QUICK, "queue-x", null, 4);
    CountDownLatch claiming = new CountDownLatch(1);
    CountDownLatch commit = new CountDownLatch(1);
    AtomicBoolean once = new AtomicBoolean(true);
    moves.during(
        moved -> {
          if (once.compareAndSet(true, false)) {
            claiming.countDown();
            await(commit);
          }
        });
    CompletableFuture<List<Long>> first = CompletableFuture.supplyAsync(this::claimed, executor);
    await(claiming);
    CompletableFuture<Void> limiting =
        CompletableFuture.runAsync(() -> limit("queue-x", "task_limit", 1), executor);
    awaitDoneOrBlocked(limiting);
    assertThat(limiting).isNotDone();
    commit.countDown();
    limiting.join();
    assertThat(first.join()).hasSize(4);
    submit(QUICK, "queue-x", null, 1);
    assertThat(claimed()).isEmpty();
  }

  @Test
  void aPausedQueueOrTypeIsNotClaimedUntilItIsResumed() {
    List<Long> x = submit(QUICK, "queue-x", null, 1);
    List<Long> y = submit(OTHER, "queue-y", null, 1);
    sql.update("insert into longshore.queue (name, paused) values ('queue-x', true)");
    sql.update("update longshore.task_type set paused = true where name = ?", OTHER);
    assertThat(claimed()).isEmpty();
    sql.update("update longshore.queue set paused = false");
    assertThat(claimed()).isEqualTo(x);
    sql.update("update longshore.task_type set paused = false where name = ?", OTHER);
    assertThat(claimed()).isEqualTo(y);
  }

  @Test
  void noMoreStartInAnIntervalThanTheRateAllows() {
    sql.update(
        "insert into longshore.queue (name, rate_count, rate_seconds) values ('queue-x', 3, 3600)");
    List<Long> tasks = submit(QUICK, "queue-x", null, 8);

    assertThat(claimed()).isEqualTo(tasks.subList(0, 3));
    assertThat(claimed()).isEmpty();
    assertThat(claim.againMillis(Lane.QUICK)).as("none has ended: nobody knows").isNegative();

    // One ended 59 minutes ago, one more than an hour ago.
    attempt(tasks.get(0), "59 minutes");
    attempt(tasks.get(1), "61 minutes");
    assertThat(claimed()).containsExactly(tasks.get(3));
    assertThat(claimed()).isEmpty();
    assertThat(claim.againMillis(Lane.QUICK)).isBetween(1L, 60_000L);

    // A claim that is withdrawn has started nothing.
    sql.update(
        "update longshore.task set state = 'pending', claim_id = null where id = ?", tasks.get(3));
    assertThat(claimed()).containsExactly(tasks.get(3));
  }

  @Test
  void theRateOfAKeyIsItsOwn() {
    sql.update(
        "insert into longshore.queue (name, key_rate_count, key_rate_seconds)"
            + " values ('queue-x', 1, 3600)");
    List<Long> a = submit(QUICK, "queue-x", "a", 3);
    List<Long> b = submit(QUICK, "queue-x", "b", 1);
    assertThat(claimed()).containsExactlyInAnyOrder(a.get(0), b.get(0));
    attempt(a.get(0), "10 minutes");
    assertThat(claimed()).isEmpty();
    assertThat(claim.againMillis(Lane.QUICK)).isBetween(1L, 3_000_000L);

    // The hour is over.
    sql.update("update longshore.attempt set ended_at = ended_at - interval '1 hour'");
    sql.update("update longshore.key_free set at = at - interval '1 hour'");
    assertThat(claimed()).containsExactly(a.get(1));
  }

  @Test
  void whoWaitsForAKeyThatNobodyHasIsFoundEvenSo() {
    limit("queue-x", "key_limit", 1);
    List<Long> tasks = submit(QUICK, "queue-x", "a", 2);
    assertThat(claimed()).containsExactly(tasks.get(0));
    assertThat(strays.tendNow()).isZero();
    end(tasks.get(0));
    sql.update("delete from longshore.key_free"); // nobody was told
    assertThat(claimed()).isEmpty();
    assertThat(strays.tendNow()).isEqualTo(1);
    assertThat(claimed()).containsExactly(tasks.get(1));
  }

  @Test
  void startsThatNoRateCountsAnyMoreAreForgotten() {
    sql.update(
        "insert into longshore.queue (name, rate_count, rate_seconds) values ('queue-x', 4, 3600)");
    List<Long> tasks = submit(QUICK, "queue-x", null, 4);
    assertThat(claimed()).hasSize(4);
    attempt(tasks.get(0), "61 minutes");
    attempt(tasks.get(1), "59 minutes");
    sql.update(
        "update longshore.task set state = 'pending', claim_id = null where id = ?", tasks.get(2));
    strays.tendNow();
    assertThat(
            sql.list("select task_id from longshore.rate_start order by 1", row -> row.getLong(1)))
        .containsExactly(tasks.get(1), tasks.get(3));
  }

  private void limit(String queue, String what, int limit) {
    sql.update(
        "insert into longshore.queue (name, %1$s) values (?, ?) on conflict (name) do update set %1$s = excluded.%1$s"
            .formatted(what),
        queue,
        limit);
  }

  /** Tasks that have been due for a while, in the order of their ids. */
  private List<Long> submit(String type, String queue, String key, int count) {
    return sql.list(
        """
        insert into longshore.task (type, queue, key, priority, max_attempts, run_at)
        select ?, ?, ?::text, 4, 5,
            now() - interval '1 hour' + nextval('longshore.task_id_seq') * interval '1 millisecond'
        from generate_series(1, ?)
        returning id
        """,
        row -> row.getLong(1),
        type,
        queue,
        key,
        count);
  }

  /** Tasks read by this session since it was asked last. */
  private long readsOfThisSession() {
    return number(
        """
        with told as materialized (select pg_stat_force_next_flush())
        select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)
        from pg_stat_xact_user_tables, told where relid = 'longshore.task'::regclass
        """);
  }

  /**
   * Of each key the first is under way, the others were found to wait for it. The statistics are as
   * autovacuum leaves them within a minute; until then a claim may read all that is pending.
   */
  private void blocked(String queue, int keys, int ofEach) {
    sql.update(
        """
        insert into longshore.task (type, queue, key, priority, max_attempts, run_at, state,
            claim_id, held)
        select ?, ?, 'key-' || k, 4, 5, now() - interval '1 hour',
            (case n when 1 then 'queued' else 'pending' end)::longshore.task_state,
            case n when 1 then ? end, case when n > 1 then 'key' end
        from generate_series(1, ?) n, generate_series(1, ?) k
        """,
        QUICK,
        queue,
        claim(QUICK),
        ofEach,
        keys);
    sql.update("analyze longshore.task");
  }

  private List<Long> claimed() {
    return tasksOf(claim.claim(Lane.QUICK, type -> 10));
  }

  private List<Long> tasksOf(List<Dispatched> claims) {
    return sql.list(
        "select id from longshore.task where claim_id = any (?) order by run_at, id",
        row -> row.getLong(1),
        (Object) claims.stream().map(Dispatched::id).toArray(Long[]::new));
  }

  /** Ends a task as settling does, and notes its claim where the test can read it. */
  private void end(long task) {
    sql.update(
        """
        update longshore.task set state = 'succeeded', ended_at = now(), claim_id = null,
            progress = jsonb_build_object('claim', claim_id)
        where id = ?
        """,
        task);
  }

  private void endAll() {
    sql.update(
        "update longshore.task set state = 'succeeded', claim_id = null where claim_id is not null");
    sql.update("delete from longshore.claim");
  }

  private void endSlowly(long task, CountDownLatch ended, CountDownLatch commit) {
    sql.with(
        connection -> {
          connection.setAutoCommit(false);
          try (var statement = connection.createStatement()) {
            statement.executeUpdate(
                "update longshore.task set state = 'succeeded', claim_id = null where id = "
                    + task);
            ended.countDown();
            await(commit);
            connection.commit();
          } finally {
            connection.setAutoCommit(true);
          }
          return null;
        });
  }

  private void retryIn(String wait, long task) {
    sql.update(
        "update longshore.task set state = 'pending', claim_id = null, runs = 1,"
            + " run_at = now() + ?::interval where id = ?",
        wait,
        task);
  }

  /** Its attempt under its claim ended so long ago, and it with it. */
  private void attempt(long task, String ago) {
    sql.update(
        """
        insert into longshore.attempt (claim_id, task_id, number, worker, started_at, ended_at)
        select claim_id, id, 1, 'a test', now() - ?::interval, now() - ?::interval
        from longshore.task where id = ?
        """,
        ago,
        ago,
        task);
    end(task);
  }

  /**
   * Four claim and end what they claimed until nothing is pending.
   *
   * @return the most that were seen under way at once, in a queue or type, by what groups them
   */
  private long drainWithFourClaimers(String of, String by) {
    String most =
        """
        select coalesce(max(n), 0) from (
            select count(*) as n from longshore.task
            where claim_id is not null and ? in (queue, type) group by %s) g
        """
            .formatted(by);
    List<CompletableFuture<Long>> claimers =
        Stream.generate(() -> CompletableFuture.supplyAsync(() -> claimAndEnd(most, of), executor))
            .limit(4)
            .collect(Collectors.toList());
    return claimers.stream().mapToLong(CompletableFuture::join).max().orElseThrow();
  }

  private long claimAndEnd(String most, String of) {
    long seen = 0;
    while (number("select count(*) from longshore.task where state <> 'succeeded'") > 0) {
      List<Dispatched> claims = claim.claim(Lane.QUICK, type -> 10);
      seen = Math.max(seen, number(most, of));
      for (Dispatched c : claims) {
        sql.list("select id from longshore.task where claim_id = ?", row -> row.getLong(1), c.id())
            .forEach(this::end);
        sql.update("delete from longshore.claim where id = ?", c.id());
      }
    }
    return seen;
  }
}
