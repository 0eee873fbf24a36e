package dev.longshore.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.engine.EngineTestSupport;
import dev.longshore.engine.batch.Takeover;
import dev.longshore.engine.dispatch.Begin;
import dev.longshore.engine.dispatch.Withdraw;
import dev.longshore.engine.settle.Attempted;
import dev.longshore.engine.settle.Settle;
import dev.longshore.engine.settle.Settled;
import dev.longshore.engine.worker.Pace;
import dev.longshore.engine.worker.Worker;
import dev.longshore.task.Backoff;
import dev.longshore.task.Lane;
import dev.longshore.task.Outcome;
import dev.longshore.task.Pipeline;
import dev.longshore.task.TaskContext;
import dev.longshore.task.TaskHandler;
import dev.longshore.task.TaskType;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.json.Json;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.awaitility.Awaitility;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes wrong around an attempt costs it nothing, or it alone. */
class RunFaultsIT extends EngineTestSupport {

  private static final String LONG = "fault-long";
  private static final String QUICK = "fault-quick";
  private static final String SLOW = "fault-slow";

  /** What PostgreSQL cannot keep. */
  private static final Outcome UNSTORABLE =
      Outcome.succeeded(Json.createObjectBuilder().add("text", "a\0b").build());

  /** What handlers do. */
  private static volatile Function<TaskContext, Outcome> handler;

  @Inject private RunClaim runClaim;
  @Inject private InABean bean;
  @Inject private Withdraw withdraw;
  @Inject private Running running;
  @Inject private Finish finish;
  @Inject private Begin begin;
  @Inject private Takeover takeover;
  @Inject private Settle settle;
  @Inject private Pace pace;

  @Resource(lookup = "java:comp/TransactionSynchronizationRegistry")
  private TransactionSynchronizationRegistry transaction;

  @Deployment
  static WebArchive archive() {
    return archive(
            RunFaultsIT.class,
            LongOne.class,
            QuickOne.class,
            SlowOne.class,
            Broken.class,
            InABean.class)
        .addAsResource(new StringAsset("<job"), "META-INF/batch-jobs/fault-broken.xml");
  }

  @ApplicationScoped
  public static class LongOne implements TaskHandler {
    @Override
    public TaskType type() {
      return TaskType.handler(LONG);
    }

    @Override
    public Outcome run(TaskContext task) {
      return handler.apply(task);
    }
  }

  @ApplicationScoped
  public static class QuickOne extends LongOne {
    @Override
    public TaskType type() {
      return TaskType.handler(QUICK).withLane(Lane.QUICK);
    }
  }

  @ApplicationScoped
  public static class SlowOne extends LongOne {
    @Override
    public TaskType type() {
      return TaskType.handler(SLOW).withLane(Lane.QUICK);
    }
  }

  @ApplicationScoped
  public static class Broken implements Pipeline {
    @Override
    public TaskType type() {
      return TaskType.pipeline("fault-broken");
    }
  }

  @BeforeEach
  void begin() {
    handler = task -> Outcome.succeeded();
    sql.update("create sequence if not exists public.fault_tries");
    sql.update("alter sequence public.fault_tries restart");
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(worker::isActive);
  }

  /** The trigger's tables go last: there may be none. */
  @AfterEach
  void mend() {
    sql.update("drop function if exists public.fault() cascade");
  }

  @Test
  void aMessageThatIsNoClaimIsDropped() {
    queuedUnder(claim(LONG));
    String before = everything();

    runClaim.run(message("nonsense"), Lane.LONG);
    runClaim.run(message(null), Lane.QUICK);

    assertThat(everything()).isEqualTo(before);
    assertThat(running.isNone(Lane.LONG)).isTrue();
  }

  @Test
  void aClaimOfATypeThatOnlyAnotherBuildKnowsGoesBackToTheBroker() {
    long claim = claim(TYPE);
    queued(claim);
    String before = everything();

    assertThatThrownBy(() -> runClaim.run(message("" + claim), Lane.LONG))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("does not know the type of claim " + claim);

    assertThat(everything()).isEqualTo(before);
    assertThat(running.isNone(Lane.LONG)).isTrue();
  }

  @Test
  void aClaimThatComesToANodeThatLeavesIsPendingAtOnce() {
    long claim = claim(LONG);
    long task = queuedUnder(claim);

    at(true).run(message("" + claim), Lane.LONG);

    assertThat(trail(task)).containsExactly("queued pending refused");
    assertThat(exists(claim)).isFalse();
    assertThat(running.isNone(Lane.LONG)).isTrue();
  }

  /** It cannot say in the database that it will not. */
  @Test
  void aClaimThatComesToANodeWithoutALeaseGoesBackToTheBroker() {
    long claim = claim(LONG);
    queuedUnder(claim);
    String before = everything();

    assertThatThrownBy(() -> at(false).run(message("" + claim), Lane.LONG))
        .hasMessageContaining("takes no work now: claim " + claim + " goes back");

    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void aPipelineWhoseJobXmlIsNoneFailsByItsName() {
    long claim = claim("fault-broken");
    long task = queuedUnder(claim);

    runClaim.run(message("" + claim), Lane.LONG);

    assertThat(attempts(task)).containsExactly("1 retry");
    assertThat(error(task)).contains("JobStartException", "fault-broken");
  }

  @Test
  void anAnswerThatCannotBeStoredFailsItsTask() {
    handler = task -> UNSTORABLE;
    long claim = claim(LONG);
    long task = queuedUnder(claim);

    runClaim.run(message("" + claim), Lane.LONG);

    assertThat(attempts(task)).containsExactly("1 failed");
    assertThat(error(task))
        .startsWith("It ended as succeeded, but what it answered cannot be stored (");
    assertThat(exists(claim)).isFalse();
  }

  @Test
  void anAnswerThatCannotBeStoredFailsItsTaskAloneAmongThoseThatAreSettledWithIt() {
    long good = ongoing(taken(worker.id(), worker.run()));
    long bad = ongoing(taken(worker.id(), worker.run()));

    finish.finish(
        List.of(
            new Settled(attempted(bad), UNSTORABLE),
            new Settled(attempted(good), Outcome.succeeded())));

    assertThat(state(good)).isEqualTo("succeeded");
    assertThat(state(bad)).isEqualTo("failed");
  }

  @Test
  void anAnswerThatCannotBeStoredFailsItsTaskAloneInAChunk() {
    long claim = claim(QUICK);
    long good = queuedUnder(claim);
    long bad = queuedUnder(claim);
    long last = queuedUnder(claim);
    handler = task -> task.id() == bad ? UNSTORABLE : Outcome.succeeded();

    runClaim.run(message("" + claim), Lane.QUICK);

    assertThat(List.of(state(good), state(bad), state(last)))
        .containsExactly("succeeded", "failed", "succeeded");
    assertThat(error(bad))
        .startsWith("It ended as succeeded, but what it answered cannot be stored (");
    assertThat(exists(claim)).isFalse();
  }

  @Test
  void aConstraintThatIsCheckedLateFailsTheTaskThatBrokeItAloneInItsChunk() {
    sql.update("create table if not exists public.fault_parent (id bigint primary key)");
    sql.update(
        """
        create table if not exists public.fault_child (
            parent bigint references public.fault_parent deferrable initially deferred)
        """);
    long claim = claim(QUICK);
    long good = queuedUnder(claim);
    long bad = queuedUnder(claim);
    long last = queuedUnder(claim);
    handler =
        task -> {
          if (task.id() == bad) {
            sql.update("insert into public.fault_child values (0)");
          }
          return Outcome.succeeded();
        };

    runClaim.run(message("" + claim), Lane.QUICK);

    assertThat(List.of(state(good), state(bad), state(last)))
        .containsExactly("succeeded", "pending", "succeeded");
    assertThat(attempts(bad)).containsExactly("1 retry");
    assertThat(error(bad)).contains("violates foreign key constraint");
    assertThat(number("select count(*) from public.fault_child")).isZero();
  }

  @Test
  void aHandlerThatMarksItsTransactionForRollbackHasNotSucceeded() {
    long claim = claim(QUICK);
    long good = queuedUnder(claim);
    long bad = queuedUnder(claim);
    handler =
        task -> {
          if (task.id() == bad) {
            transaction.setRollbackOnly();
          }
          return Outcome.succeeded();
        };

    runClaim.run(message("" + claim), Lane.QUICK);

    assertThat(state(good)).isEqualTo("succeeded");
    assertThat(attempts(bad)).containsExactly("1 retry");
    assertThat(error(bad)).contains("marked its transaction for rollback");
  }

  @Test
  void anAttemptThatCannotBeSettledNowIsSettledLater() throws Exception {
    fault("before update on longshore.attempt", "true", "true");
    long claim = claim(LONG);
    long task = queuedUnder(claim);

    CompletableFuture<Void> running =
        CompletableFuture.runAsync(() -> runClaim.run(message("" + claim), Lane.LONG), executor);
    awaitTries(2);
    assertThat(state(task)).isEqualTo("ongoing");
    mend();

    running.get(30, TimeUnit.SECONDS);
    assertThat(attempts(task)).containsExactly("1 succeeded");
  }

  @Test
  void progressThatCannotBeWrittenCostsTheNewsAlone() {
    fault("before update of progress on longshore.task", "new.progress is not null", "true");
    handler =
        task -> {
          task.progress("half", 1, 2);
          return Outcome.succeeded();
        };
    long claim = claim(LONG);
    long task = queuedUnder(claim);

    runClaim.run(message("" + claim), Lane.LONG);

    assertThat(tries()).isEqualTo(1);
    assertThat(attempts(task)).containsExactly("1 succeeded");
  }

  /** Its message comes again, here or at another node. */
  @Test
  void aClaimWhoseJobCannotBeginIsNotTaken() {
    fault("before insert on longshore.job_execution", "true", "true");
    handler =
        task -> {
          throw new AssertionError("was run");
        };
    for (Lane lane : Lane.values()) {
      long claim = claim(lane == Lane.LONG ? LONG : QUICK);
      long task = queuedUnder(claim);

      assertThatThrownBy(() -> runClaim.run(message("" + claim), lane))
          .hasMessageContaining("not now");

      assertThat(state(task)).isEqualTo("queued");
      assertThat(attempts(task)).isEmpty();
      assertThat(
              number("select count(*) from longshore.claim where id = ? and worker is null", claim))
          .isEqualTo(1);
    }
  }

  @Test
  void noConnectionIsKeptFromTheTakeForAsLongAsItsTaskRuns() {
    for (Lane lane : Lane.values()) {
      long others = IntStream.range(0, 20).mapToLong(i -> connectionsInUse()).min().orElseThrow();
      AtomicBoolean given = new AtomicBoolean();
      handler =
          task -> {
            Awaitility.await("no more than " + others)
                .atMost(Duration.ofSeconds(5))
                .until(() -> connectionsInUse() <= others);
            given.set(true);
            return Outcome.succeeded();
          };
      long claim = claim(lane == Lane.LONG ? LONG : QUICK);
      queuedUnder(claim);

      CompletableFuture.runAsync(
              () -> bean.run(() -> runClaim.run(message("" + claim), lane)), executor)
          .join();

      assertThat(given).as("in the %s lane", lane).isTrue();
    }
  }

  /** By Liberty's account of its pool. */
  private static long connectionsInUse() {
    try {
      MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
      ObjectName pool =
          beans
              .queryNames(
                  new ObjectName(
                      "WebSphere:type=com.ibm.ws.jca.cm.mbean.ConnectionManagerMBean,jndiName=jdbc/longshore,*"),
                  null)
              .iterator()
              .next();
      String contents = (String) beans.invoke(pool, "showPoolContents", null, null);
      Matcher counts = Pattern.compile("(?m)^(?:shared|unshared)=(\\d+)").matcher(contents);
      return counts.results().mapToLong(found -> Long.parseLong(found.group(1))).sum();
    } catch (JMException e) {
      throw new IllegalStateException(e);
    }
  }

  /** To who asks, PostgreSQL has gone; nobody else has to suffer from it here. */
  @Test
  void aTaskWhoseStatementTakesPostgresqlDownEachTimeIsNotTriedForEver() {
    for (Lane lane : Lane.values()) {
      handler = task -> goneWith();
      long claim = claim(lane == Lane.LONG ? LONG : QUICK);
      long task = queuedUnder(claim);
      runClaim.run(message("" + claim), lane);
      assertThat(attempts(task)).containsExactly("1 outage");
      assertThat(standing(task)).isEqualTo("pending 1 0 0");

      again(task, "outages = 3, losses = 1");
      assertThat(standing(task)).isEqualTo("pending 4 2 0");
      assertThat(
              number(
                  "select count(*) from longshore.task"
                      + " where id = ? and run_at > now() + interval '50 minutes'",
                  task))
          .as("waits for its turn")
          .isEqualTo(1);

      again(task, "outages = 4");
      assertThat(state(task)).isEqualTo("failed");
      assertThat(error(task)).contains("went away in each of its last 5 attempts");

      long other = claim(lane == Lane.LONG ? LONG : QUICK);
      long well = queuedUnder(other);
      sql.update("update longshore.task set outages = 2 where id = ?", well);
      handler = t -> Outcome.snoozed(Duration.ofDays(1));
      runClaim.run(message("" + other), lane);
      assertThat(standing(well)).as("not in a row").isEqualTo("pending 0 0 0");
    }
  }

  /** The others meet the outage when they are run one by one behind it. */
  @Test
  void ofAChunkOnlyTheTaskThatWasAtWorkIsBlamedForAnOutage() {
    long claim = claim(QUICK);
    long before = queuedUnder(claim);
    long cause = queuedUnder(claim);
    long behind = queuedUnder(claim);
    AtomicBoolean away = new AtomicBoolean();
    handler =
        task -> {
          away.compareAndSet(false, task.id() == cause);
          return away.get() ? goneWith() : Outcome.succeeded();
        };

    runClaim.run(message("" + claim), Lane.QUICK);

    assertThat(standing(before)).isEqualTo("pending 0 0 0");
    assertThat(standing(cause)).isEqualTo("pending 1 0 0");
    assertThat(standing(behind)).isEqualTo("pending 0 0 0");
  }

  /** It may be any of them: what they wrote, or what a deferred trigger does. */
  @Test
  void ofAChunkWhoseEndTakesPostgresqlDownEachIsSuspectedUntilTheyRunOneByOne() {
    long claim = claim(QUICK);
    long before = queuedUnder(claim);
    long cause = queuedUnder(claim);
    long behind = queuedUnder(claim);
    fault(
        "before insert on longshore.attempt",
        "new.outcome = 'succeeded' and new.task_id = " + cause,
        "pg_terminate_backend(pg_backend_pid())");

    runClaim.run(message("" + claim), Lane.QUICK);
    for (long task : List.of(before, cause, behind)) {
      assertThat(standing(task)).isEqualTo("pending 1 0 0");
    }

    long next = claim(QUICK);
    sql.update(
        "update longshore.task set state = 'queued', claim_id = ? where id in (?, ?, ?)",
        next,
        before,
        cause,
        behind);
    runClaim.run(message("" + next), Lane.QUICK);
    assertThat(standing(before)).isEqualTo("succeeded 0 0 1");
    assertThat(standing(cause)).isEqualTo("pending 2 0 0");
    assertThat(standing(behind)).isEqualTo("pending 0 0 0");
  }

  private Outcome goneWith() {
    sql.first("select pg_terminate_backend(pg_backend_pid())", row -> true);
    return Outcome.succeeded();
  }

  private void again(long task, String stands) {
    long claim = claim(text("select type from longshore.task where id = ?", task));
    sql.update(
        "update longshore.task set state = 'queued', claim_id = ?, " + stands + " where id = ?",
        claim,
        task);
    Lane lane = Lane.valueOf(text("select upper(lane) from longshore.claim where id = ?", claim));
    runClaim.run(message("" + claim), lane);
  }

  /** Its state, outages in a row, losses, and the attempts that counted. */
  private String standing(long task) {
    return text(
        "select concat_ws(' ', state, outages, losses, attempts) from longshore.task where id = ?",
        task);
  }

  /** The chunk has gone, and with it the settlement: what was to stop has stopped all the same. */
  @Test
  void whatAChunkThatBreaksDownHasRunComesAgainUnlessItWasToStop() {
    fault(
        "before insert on longshore.attempt",
        "new.ended_at is not null",
        "nextval('public.fault_tries') = 1");
    long claim = claim(QUICK);
    long again = queuedUnder(claim);
    long stopped = queuedUnder(claim);
    handler =
        task -> {
          if (task.id() == stopped) {
            ((RunningTask) task).stop(StopReason.CANCELLED);
          }
          return Outcome.succeeded();
        };

    runClaim.run(message("" + claim), Lane.QUICK);

    assertThat(attempts(again)).containsExactly("1 snoozed");
    assertThat(state(again)).isEqualTo("pending");
    assertThat(state(stopped)).isEqualTo("cancelled");
  }

  /** Watch says so, which looks twice a second. */
  @Test
  void aTaskOfAChunkThatIsSomebodyElsesByNowIsNotRun() {
    long claim = claim(QUICK);
    long first = queuedUnder(claim);
    long second = queuedUnder(claim);
    long later = taken("another", 1);
    handler =
        task -> {
          assertThat(task.id()).isEqualTo(first);
          giveAway(second, later);
          running.all().stream()
              .filter(other -> other.id() == second)
              .forEach(other -> other.stop(StopReason.CLAIM_LOST));
          return Outcome.succeeded();
        };

    runClaim.run(message("" + claim), Lane.QUICK);

    assertThat(attempts(first)).containsExactly("1 snoozed");
    assertThat(number("select claim_id from longshore.task where id = ?", second)).isEqualTo(later);
    assertThat(state(second)).isIn("queued", "ongoing"); // as it was taken
  }

  /** In a transaction of its own, while a handler's is open. */
  private void giveAway(long task, long claim) {
    CompletableFuture.runAsync(
            () -> sql.update("update longshore.task set claim_id = ? where id = ?", claim, task),
            executor)
        .join();
  }

  /** Nobody says so: while the last handler runs the chunk's end alone can find out. */
  @Test
  void aChunkThatHasATaskThatIsSomebodyElsesByItsEndWritesNothing() {
    sql.update("create table if not exists public.fault_written (task bigint)");
    long claim = claim(QUICK);
    long first = queuedUnder(claim);
    long last = queuedUnder(claim);
    long later = taken("another", 1);
    handler =
        task -> {
          sql.update("insert into public.fault_written values (?)", task.id());
          if (task.id() == last) {
            giveAway(last, later);
          }
          return Outcome.succeeded();
        };

    runClaim.run(message("" + claim), Lane.QUICK);

    assertThat(number("select count(*) from public.fault_written")).isZero();
    assertThat(attempts(first)).containsExactly("1 snoozed");
    assertThat(number("select claim_id from longshore.task where id = ?", last)).isEqualTo(later);
    assertThat(state(last)).isIn("queued", "ongoing"); // as it was taken
  }

  /** Watch says so, which looks twice a second. */
  @Test
  void aTaskThatIsCancelledBeforeItsTurnInAChunkIsNotRun() {
    long claim = claim(QUICK);
    long first = queuedUnder(claim);
    long second = queuedUnder(claim);
    List<Long> ran = new CopyOnWriteArrayList<>();
    handler =
        task -> {
          ran.add(task.id());
          running.all().stream()
              .filter(other -> other.id() == second)
              .forEach(other -> other.stop(StopReason.CANCELLED));
          return Outcome.succeeded();
        };

    runClaim.run(message("" + claim), Lane.QUICK);

    assertThat(ran).containsExactly(first);
    assertThat(List.of(state(first), state(second))).containsExactly("succeeded", "cancelled");
    assertThat(attempts(second)).containsExactly("1 cancelled");
  }

  @Test
  void aChunkEndsWhenTheNextOfItsTasksMightTakeItPastItsTime() {
    pace.took(SLOW, TimeUnit.SECONDS.toNanos(10));
    long claim = claim(SLOW);
    List<Long> tasks = List.of(queuedUnder(claim), queuedUnder(claim), queuedUnder(claim));

    runClaim.run(message("" + claim), Lane.QUICK);

    assertThat(tasks).extracting(this::state).containsOnly("succeeded");
    assertThat(number("select count(distinct xmin::text) from longshore.task"))
        .as("transactions that settled them")
        .isEqualTo(3);
  }

  @Test
  void whatNoThreadOfThisNodeRunsAnyMoreIsPendingAgain() {
    long orphan = ongoing(takenLongAgo(TYPE));
    long young = ongoing(taken(worker.id(), worker.run()));
    Orphans orphans = orphans();
    moves.during(
        moved -> {
          throw new IllegalStateException("not now");
        });
    orphans.recover();
    assertThat(state(orphan)).isEqualTo("ongoing");
    moves.clear();

    orphans.recover();

    assertThat(trail(orphan)).containsExactly("ongoing pending lost");
    assertThat(state(young)).isEqualTo("ongoing");
  }

  @Test
  void soIsAQuickTaskThatBeganThoughItsRowDoesNotSaySo() {
    declare("fault-orphan", Lane.QUICK); // of another build: it is not claimed again
    long orphan = queued("fault-orphan", takenLongAgo("fault-orphan"));

    orphans().recover();

    assertThat(trail(orphan)).containsExactly("ongoing pending lost");
    assertThat(attempts(orphan)).containsExactly("1 lost");
  }

  /** The commit of the take may hang: the disk, a replica. */
  @Test
  void whatIsJustBeingTakenIsNoOrphan() throws Exception {
    long claim = claim(LONG);
    long task = queuedUnder(claim);
    CountDownLatch end = new CountDownLatch(1);
    CompletableFuture<Void> holding =
        inOpenTransaction(
            () ->
                sql.first(
                    "select id from longshore.claim where id = ? for update", row -> true, claim),
            end);
    CompletableFuture<Void> taking =
        CompletableFuture.runAsync(() -> runClaim.run(message("" + claim), Lane.LONG), executor);
    awaitDoneOrBlocked(taking);
    assertThat(running.isHandling(claim)).isTrue();
    end.countDown();
    CompletableFuture.allOf(holding, taking).get(30, TimeUnit.SECONDS);
    assertThat(running.isHandling(claim)).isFalse();
    assertThat(state(task)).isEqualTo("succeeded");

    long own = takenLongAgo(TYPE);
    long itself = ongoing(own);
    running.begin(own);
    orphans().recover();
    assertThat(state(itself)).isEqualTo("ongoing");

    running.end(own);
    orphans().recover();
    assertThat(state(itself)).isEqualTo("pending");
  }

  /** What it came to could not be written for ten minutes. */
  @Test
  void anOrphanThatAnOutageHasMadeIsNoLossOfItsOwn() {
    for (boolean away : new boolean[] {true, false}) {
      long task = ongoing(takenLongAgo(TYPE));
      Orphans orphans = orphans();
      orphans.worker = new Outlasted(worker, away);
      orphans.recover();
      assertThat(trail(task)).containsExactly("ongoing pending lost");
      assertThat(number("select losses from longshore.task where id = ?", task))
          .isEqualTo(away ? 0 : 1);
    }
  }

  /** A node that PostgreSQL has gone from since half a minute ago, or has not. */
  private static final class Outlasted extends Worker {
    private final Worker worker;
    private final boolean away;

    Outlasted(Worker worker, boolean away) {
      this.worker = worker;
      this.away = away;
    }

    @Override
    public String id() {
      return worker.id();
    }

    @Override
    public long run() {
      return worker.run();
    }

    @Override
    public boolean isAlive() {
      return true;
    }

    @Override
    public boolean hadLostItsSessionSince(long nanos) {
      assertThat(System.nanoTime() - nanos)
          .isBetween(TimeUnit.SECONDS.toNanos(30), TimeUnit.SECONDS.toNanos(60));
      return away;
    }
  }

  /** An open transaction of somebody who looks at a task by hand, perhaps. */
  @Test
  void aTaskWhoseRowSomebodyHasLockedKeepsNoOtherFromItsEnd() throws Exception {
    long locked = claim(LONG);
    long waits = queuedUnder(locked);
    CountDownLatch end = new CountDownLatch(1);
    List<CompletableFuture<Void>> holding = new CopyOnWriteArrayList<>();
    handler =
        task -> {
          if (task.id() == waits) {
            holding.add(
                inOpenTransaction(
                    () ->
                        sql.first(
                            "select id from longshore.task where id = ? for update",
                            row -> true,
                            waits),
                    end));
          }
          return Outcome.succeeded();
        };
    CompletableFuture<Void> first =
        CompletableFuture.runAsync(() -> runClaim.run(message("" + locked), Lane.LONG), executor);
    awaitDoneOrBlocked(first);
    long claim = claim(LONG);
    long other = queuedUnder(claim);
    CompletableFuture<Void> second =
        CompletableFuture.runAsync(() -> runClaim.run(message("" + claim), Lane.LONG), executor);

    assertThat(second).succeedsWithin(Duration.ofSeconds(20));

    assertThat(state(other)).isEqualTo("succeeded");
    assertThat(first).isNotDone();
    end.countDown();
    assertThat(first).succeedsWithin(Duration.ofSeconds(20));
    holding.get(0).join();
    assertThat(state(waits)).isEqualTo("succeeded");
  }

  private long takenLongAgo(String type) {
    long claim = taken(type, worker.id(), worker.run());
    sql.update(
        "update longshore.claim set taken_at = clock_timestamp() - interval '31 seconds'"
            + " where id = ?",
        claim);
    return claim;
  }

  private Orphans orphans() {
    Orphans orphans = new Orphans();
    orphans.sql = sql;
    orphans.worker = worker;
    orphans.running = running;
    orphans.begin = begin;
    orphans.takeover = takeover;
    orphans.settle = settle;
    return orphans;
  }

  /** A message-driven bean's work on a node that stands so. */
  private RunClaim at(boolean alive) {
    RunClaim other = new RunClaim();
    other.worker =
        new Worker() {
          @Override
          public String id() {
            return worker.id();
          }

          @Override
          public boolean isAlive() {
            return alive;
          }

          @Override
          public boolean isLeaving() {
            return true;
          }
        };
    other.withdraw = withdraw;
    other.running = running;
    return other;
  }

  /** Has PostgreSQL refuse what happens then, where both conditions hold. */
  private void fault(String when, String row, String condition) {
    sql.update(
        """
        create function public.fault() returns trigger language plpgsql as $$
        begin
          if %s then
            perform nextval('public.fault_tries');
            raise exception 'not now';
          end if;
          return new;
        end $$
        """
            .formatted(condition));
    sql.update(
        "create trigger fault %s for each row when (%s) execute function public.fault()"
            .formatted(when, row));
  }

  private void awaitTries(long tries) {
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> tries() >= tries);
  }

  /** How often it has: a sequence is not rolled back. */
  private long tries() {
    return number("select case when is_called then last_value else 0 end from public.fault_tries");
  }

  private Attempted attempted(long task) {
    return new Attempted(
        task,
        TYPE,
        number("select claim_id from longshore.task where id = ?", task),
        1,
        1,
        5,
        0,
        Backoff.DEFAULT,
        worker.id());
  }

  /** Not due, so that the claimer, which a settlement wakes, leaves it alone. */
  private long queuedUnder(long claim) {
    String type = text("select type from longshore.claim where id = ?", claim);
    long task = pending(type, 4, Duration.ofDays(-1));
    sql.update(
        "update longshore.task set state = 'queued', claim_id = ? where id = ?", claim, task);
    return task;
  }

  private String error(long task) {
    return text("select error from longshore.task where id = ?", task);
  }

  /** What has no body throws. */
  private static Message message(String body) {
    return (Message)
        Proxy.newProxyInstance(
            RunFaultsIT.class.getClassLoader(),
            new Class<?>[] {Message.class},
            (self, method, arguments) -> {
              if (body == null) {
                throw new JMSException("of another type");
              }
              return body;
            });
  }
}
