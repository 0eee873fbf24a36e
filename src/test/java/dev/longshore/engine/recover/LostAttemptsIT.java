package dev.longshore.engine.recover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.longshore.engine.EngineTestSupport;
import dev.longshore.task.Lane;
import dev.longshore.task.TaskMoved;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;

/** What becomes of the work of a node that is gone. */
class LostAttemptsIT extends EngineTestSupport {

  @Inject private LostAttempts lost;
  @Inject private LostWorkers lostWorkers;
  @Inject private Leftovers leftovers;
  @Inject private Quarantine quarantine;

  @Deployment
  static WebArchive archive() {
    return archive(LostAttemptsIT.class);
  }

  @Test
  void theWorkOfANodeWhoseLeaseIsOverIsPendingAgainAndNotCounted() {
    node("gone", 7, "-1 second");
    long claim = taken("gone", 7);
    long task = ongoing(claim);
    long execution = execution(task, claim);

    assertThat(recover()).isEqualTo(1);

    assertThat(
            text(
                """
                select concat_ws('|', state, claim_id is null, runs, attempts, losses,
                    run_at <= clock_timestamp(), error)
                from longshore.task where id = ?
                """,
                task))
        .isEqualTo("pending|t|1|0|1|t|Worker gone was lost while it ran this");
    assertThat(attempts(task)).containsExactly("1 lost");
    assertThat(trail(task)).containsExactly("ongoing pending lost");
    assertThat(text("select state from longshore.worker where id = 'gone'")).isEqualTo("lost");
    assertThat(
            text(
                "select status || ' ' || exit_status from longshore.job_execution where id = ?",
                execution))
        .isEqualTo("FAILED lost");
    assertThat(exists(claim)).isFalse();
    assertThat(moves.committed())
        .extracting(TaskMoved::task, TaskMoved::claim, TaskMoved::actor)
        .containsExactly(tuple(task, claim, worker.id()));
    assertThat(recover()).isZero();
  }

  @Test
  void whatALostNodeHadTakenOfTheQuickLaneBeganThoughItsRowsDoNotSaySo() {
    node("gone", 7, "-1 second");
    declare("lost-quick", Lane.QUICK);
    long claim = taken("lost-quick", "gone", 7);
    long task = queued("lost-quick", claim);

    assertThat(recover()).isEqualTo(1);

    assertThat(
            text(
                """
                select concat_ws('|', state, claim_id is null, runs, attempts, losses, worker, error)
                from longshore.task where id = ?
                """,
                task))
        .isEqualTo("pending|t|1|0|1|gone|Worker gone was lost while it ran this");
    assertThat(attempts(task)).containsExactly("1 lost");
    assertThat(trail(task)).containsExactly("ongoing pending lost");
    assertThat(exists(claim)).isFalse();
  }

  @Test
  void aNodeWhoseSessionHasEndedIsLostBeforeItsLeaseIsOver() {
    node("gone", 7, "1 day");
    sql.update(
        """
        update longshore.worker set session_at = clock_timestamp(),
            seen_at = clock_timestamp() - interval '4 seconds'
        where id = 'gone'
        """);
    long task = ongoing(taken("gone", 7));

    assertThat(recover()).isEqualTo(1);

    assertThat(state(task)).isEqualTo("pending");
  }

  /** By its session, by a sign of life after that, by a restart of PostgreSQL; or it has none. */
  @Test
  void aNodeThatMayLiveKeepsItsWorkWhileItsLeaseRuns() {
    for (String sign :
        List.of(
            "seen_at = clock_timestamp()",
            "session_at = pg_postmaster_start_time() - interval '1 second'",
            "session_at = null")) {
      sql.update("delete from longshore.worker where id = 'silent'");
      node("silent", 7, "1 day");
      sql.update(
          "update longshore.worker set session_at = clock_timestamp(),"
              + " seen_at = clock_timestamp() - interval '1 minute' where id = 'silent'");
      sql.update("update longshore.worker set " + sign + " where id = 'silent'");
      long task = ongoing(taken("silent", 7));

      assertThat(recover()).as(sign).isZero();
      assertThat(state(task)).as(sign).isEqualTo("ongoing");
    }
  }

  @Test
  void aNodeThatHoldsItsSessionKeepsItsWorkWhileItsLeaseRuns() {
    node("silent", 7, "1 day");
    sql.update(
        "update longshore.worker set session_at = clock_timestamp(),"
            + " seen_at = clock_timestamp() - interval '1 minute' where id = 'silent'");
    long task = ongoing(taken("silent", 7));
    sql.with(
        session -> {
          try (var statement = session.createStatement()) {
            statement.execute("select pg_advisory_lock(hashtext('longshore.worker'), 7)");
            assertThat(CompletableFuture.supplyAsync(this::recover, executor).join()).isZero();
            statement.execute("select pg_advisory_unlock(hashtext('longshore.worker'), 7)");
          }
          return null;
        });
    assertThat(state(task)).isEqualTo("ongoing");

    assertThat(recover()).isEqualTo(1);
  }

  @Test
  void whatALiveNodeRunsIsLeftAlone() {
    node("other", 7, "1 day");
    ongoing(taken("other", 7));
    ongoing(taken(worker.id(), worker.run()));
    queued(claim(TYPE));
    String before = everything();

    assertThat(recover()).isZero();

    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void whatAnEarlierLifeOfALiveNodeRanIsRecovered() {
    long task = ongoing(taken(worker.id(), worker.run() - 1));

    assertThat(recover()).isEqualTo(1);

    assertThat(state(task)).isEqualTo("pending");
  }

  @Test
  void aForeignLeaseThatRanOutIsRecoveredAndOneThatRunsIsNot() {
    long late = foreign("-1 second");
    long inTime = foreign("1 hour");

    assertThat(recover()).isEqualTo(1);

    assertThat(state(late)).isEqualTo("pending");
    assertThat(text("select error from longshore.task where id = ?", late))
        .contains("The lease of worker foreign ran out");
    assertThat(state(inTime)).isEqualTo("ongoing");
  }

  @Test
  void theThirdLossInARowFailsTheTask() {
    long task = ongoing(taken("gone", 1));
    for (int losses = 1; losses <= 2; losses++) {
      assertThat(recover()).isEqualTo(1);
      assertThat(state(task)).isEqualTo("pending");
      assertThat(number("select losses from longshore.task where id = ?", task)).isEqualTo(losses);
      again(task, taken("gone", 1));
    }

    assertThat(recover()).isEqualTo(1);

    assertThat(state(task)).isEqualTo("failed");
    assertThat(text("select error from longshore.task where id = ?", task))
        .contains("the 3. node in a row that was lost with this task");
    assertThat(trail(task))
        .containsExactly("ongoing pending lost", "ongoing pending lost", "ongoing failed lost");
  }

  @Test
  void onlyTheTaskThatWasInHandIsBlamed() {
    long claim = taken("gone", 1);
    long before = ongoing(claim);
    long inHand = ongoing(claim);
    long after = ongoing(claim);
    sql.update("update longshore.task set losses = 2 where id in (?, ?)", inHand, after);
    sql.update("update longshore.claim set at_task = ? where id = ?", inHand, claim);

    assertThat(recover()).isEqualTo(3);

    assertThat(state(inHand)).isEqualTo("failed");
    assertThat(state(before)).isEqualTo("pending");
    assertThat(number("select losses from longshore.task where id = ?", before)).isZero();
    assertThat(state(after)).isEqualTo("pending");
    assertThat(number("select losses from longshore.task where id = ?", after)).isEqualTo(2);
  }

  /** Whichever of them is running when a node goes is the one that did it. */
  @Test
  void thoseThatAreALossAwayFromFailingRunOneAtATime() {
    long first = suspect();
    long second = suspect();
    assertThat(isDue(first)).isFalse();
    assertThat(isDue(second)).isFalse();

    quarantine.release();
    quarantine.release();

    assertThat(isDue(first)).isTrue();
    assertThat(isDue(second)).isFalse();
    again(first, taken("other", 7));
    quarantine.release();
    assertThat(isDue(second)).isFalse();

    sql.update(
        "update longshore.task set state = 'succeeded', claim_id = null where id = ?", first);
    quarantine.release();
    assertThat(isDue(second)).isTrue();
  }

  /** Its queue is paused, or no node knows its type: it would run beside the next one one day. */
  @Test
  void oneWhoseTurnPassesUnusedLetsTheNextGoAndWaitsForAnother() {
    long first = suspect();
    long second = suspect();
    quarantine.release();
    assertThat(isDue(first)).isTrue();
    dueSince("59 seconds", first);
    quarantine.release();
    assertThat(isDue(second)).isFalse();

    dueSince("61 seconds", first);
    quarantine.release();
    assertThat(isDue(first)).isFalse();
    assertThat(isDue(second)).isTrue();

    dueSince("61 seconds", second);
    quarantine.release();
    assertThat(isDue(first)).isTrue();
    assertThat(isDue(second)).isFalse();
  }

  @Test
  void whenTheirHourIsOverItIsStillOneAtATime() {
    long first = suspect();
    long second = suspect();
    long third = suspect();
    again(first, taken("other", 7));
    dueSince("-2 seconds", second);
    dueSince("2 minutes", third);
    quarantine.release();
    assertThat(
            number(
                "select count(*) from longshore.task"
                    + " where state = 'pending' and run_at > clock_timestamp() + interval '59 minutes'"))
        .isEqualTo(2);
  }

  private void dueSince(String interval, long task) {
    sql.update(
        "update longshore.task set run_at = clock_timestamp() - ?::interval where id = ?",
        interval,
        task);
  }

  /** A task that was lost twice. */
  private long suspect() {
    long task = ongoing(taken("gone", 1));
    sql.update("update longshore.task set losses = 1 where id = ?", task);
    assertThat(recover()).isEqualTo(1);
    return task;
  }

  private boolean isDue(long task) {
    return number(
            "select count(*) from longshore.task where id = ? and run_at <= clock_timestamp()",
            task)
        == 1;
  }

  /** Another installation's node may have the same name, in a database of its own. */
  @Test
  void theSessionsOfALostNodeAreEndedInThisDatabaseAlone() throws SQLException {
    String id = "a-node-whose-name-is-longer-than-postgresql-keeps-of-it-" + "x".repeat(20);
    node(id, 7, "-1 second");
    // Without what the data source has said there, the name of its own sessions among it.
    String url =
        sql.with(connection -> connection.getMetaData().getURL()).replaceFirst("\\?.*", "");
    try (Connection here = session(url, id);
        Connection there = session(url.replaceFirst("/[^/]+$", "/template1"), id)) {
      recover();

      Awaitility.await().until(() -> !here.isValid(5)); // it ends when it hears of that
      assertThat(there.isValid(5)).isTrue();
    }
  }

  private static Connection session(String url, String node) throws SQLException {
    Config config = ConfigProvider.getConfig();
    Properties properties = new Properties();
    properties.setProperty("user", config.getValue("LONGSHORE_DB_USER", String.class));
    properties.setProperty("password", config.getValue("LONGSHORE_DB_PASSWORD", String.class));
    properties.setProperty("ApplicationName", "longshore:" + node);
    return new org.postgresql.Driver().connect(url, properties);
  }

  @Test
  void aNodeKnowsWhatAnEarlierLifeOfItsHasLeft() {
    taken(worker.id(), worker.run());
    taken("another", 7);
    assertThat(lost.leftOfEarlierLives(worker.run())).isZero();
    ongoing(taken(worker.id(), worker.run() - 1));
    assertThat(lost.leftOfEarlierLives(worker.run())).isEqualTo(1);
  }

  @Test
  void allTasksOfAClaimAreRecoveredTogether() {
    long claim = taken("gone", 1);
    IntStream.range(0, 5).forEach(i -> ongoing(claim));

    assertThat(recover()).isEqualTo(5);

    assertThat(exists(claim)).isFalse();
  }

  @Test
  void twoNodesThatRecoverAtOnceDoItOnce() {
    long claim = taken("gone", 1);
    long task = ongoing(claim);
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    moves.during(
        moved -> {
          inside.countDown();
          await(goOn);
        });
    CompletableFuture<Integer> first =
        CompletableFuture.supplyAsync(() -> lost.recover(claim), executor);
    await(inside);

    assertThat(lost.recover(claim)).isZero();

    goOn.countDown();
    assertThat(first.join()).isEqualTo(1);
    assertThat(attempts(task)).containsExactly("1 lost");
  }

  /** It would take up room in the lane for ever. */
  @Test
  void aTakenClaimWhoseTasksHaveAllLeftItIsEnded() {
    long empty = taken(worker.id(), worker.run());
    long full = taken(worker.id(), worker.run());
    ongoing(full);

    leftovers.end(Duration.ZERO);

    assertThat(exists(empty)).isFalse();
    assertThat(exists(full)).isTrue();
  }

  @Test
  void aJobExecutionWhoseClaimIsGoneIsNotLiveForEver() {
    long claim = taken(worker.id(), worker.run());
    long task = ongoing(claim);
    long left = execution(task, claim + 1_000_000);
    long live = execution(ongoing(claim), claim);

    leftovers.end(Duration.ZERO);

    assertThat(text("select status from longshore.job_execution where id = ?", left))
        .isEqualTo("FAILED");
    assertThat(text("select status from longshore.job_execution where id = ?", live))
        .isEqualTo("STARTED");
  }

  @Test
  void aRecoveryThatRollsBackLeavesEverythingToTheNext() {
    node("gone", 7, "-1 second");
    long claim = taken("gone", 7);
    long task = ongoing(claim);
    long execution = execution(task, claim);
    String before = everything();
    moves.during(
        moved -> {
          throw new IllegalStateException("no");
        });

    assertThatThrownBy(this::recover).hasMessage("no");

    assertThat(everything()).isEqualTo(before);
    assertThat(text("select status from longshore.job_execution where id = ?", execution))
        .isEqualTo("STARTED");
  }

  /** A round of the timer. */
  private int recover() {
    lostWorkers.declareGone();
    lostWorkers.declareSilent();
    return lost.find().stream().mapToInt(lost::recover).sum();
  }

  private long foreign(String lease) {
    long claim = claim(TYPE);
    sql.update(
        "update longshore.claim set worker = 'foreign', lease_until = clock_timestamp() + ?::interval"
            + " where id = ?",
        lease,
        claim);
    return ongoing(claim);
  }

  /** The task's next attempt, as a claim and a take would begin it. */
  private void again(long task, long claim) {
    for (String state : List.of("queued", "ongoing")) {
      sql.update(
          "update longshore.task set state = ?::longshore.task_state, claim_id = ? where id = ?",
          state,
          claim,
          task);
    }
    sql.update(
        "update longshore.task set runs = runs + 1, attempts = attempts + 1 where id = ?", task);
    sql.update(
        "insert into longshore.attempt (claim_id, task_id, number, worker)"
            + " select claim_id, id, runs, 'gone' from longshore.task where id = ?",
        task);
  }

  private long execution(long task, long claim) {
    return number(
        """
        insert into longshore.job_execution (instance_id, task_id, claim_id, worker, job_name,
            job_xml, status)
        values (?, ?, ?, 'gone', 'job', 'job', 'STARTED') returning id
        """,
        task,
        task,
        claim);
  }

  private void node(String id, long run, String lease) {
    sql.update(
        """
        insert into longshore.worker (id, run, host, pid, version, state, lease_until, long_slots,
            quick_slots)
        values (?, ?, 'nowhere', 1, 'none', 'active', now() + ?::interval, 1, 1)
        """,
        id,
        run,
        lease);
  }
}
