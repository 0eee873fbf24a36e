package dev.longshore.engine.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.engine.EngineTestSupport;
import dev.longshore.engine.settle.Settle;
import dev.longshore.task.Lane;
import dev.longshore.task.TaskMoved;
import dev.longshore.task.TaskState;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;

/** Claims that no node has taken come back, those that one has do not. */
class WithdrawIT extends EngineTestSupport {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Inject private Withdraw withdraw;
  @Inject private Settle settle;

  @Deployment
  static WebArchive archive() {
    return archive(WithdrawIT.class);
  }

  @Test
  void aClaimThatWaitedTooLongIsWithdrawn() {
    long claim = claim(TYPE);
    long one = queued(claim);
    long two = queued(claim);
    age(claim, 61);

    assertThat(withdraw.withdrawOlderThan(MINUTE)).isEqualTo(2);

    assertThat(List.of(state(one), state(two))).containsOnly("pending");
    assertThat(exists(claim)).isFalse();
    assertThat(trail(one)).containsExactly("queued pending message lost");
    assertThat(moves.committed())
        .hasSize(2)
        .contains(
            new TaskMoved(
                two,
                TYPE,
                TaskState.QUEUED,
                TaskState.PENDING,
                0,
                claim,
                worker.id(),
                "message lost",
                0,
                null));
  }

  @Test
  void aClaimThatHasNotWaitedSoLongStays() {
    queued(claim(TYPE));
    String before = everything();

    assertThat(withdraw.withdrawOlderThan(MINUTE)).isZero();

    assertThat(everything()).isEqualTo(before);
  }

  /** Behind a broker that has lost it each slot that falls free is given to a later one. */
  @Test
  void whereEverySlotIsTakenAnOldClaimStaysUntilALaterOneIsTaken() {
    long slots =
        number(
            """
            select sum(case (select lane from longshore.task_type where name = ?)
                when 'long' then long_slots else quick_slots end)
            from longshore.worker where state = 'active' and lease_until > clock_timestamp()
            """,
            TYPE);
    for (long i = 0; i < slots; i++) {
      taken(worker.id(), worker.run());
    }
    long claim = claim(TYPE);
    long task = queued(claim);
    age(claim, 61);
    assertThat(withdraw.withdrawOlderThan(MINUTE)).isZero();

    taken(worker.id(), worker.run());
    assertThat(withdraw.withdrawOlderThan(MINUTE)).isEqualTo(1);
    assertThat(trail(task)).containsExactly("queued pending message lost");
  }

  @Test
  void aClaimThatANodeHasTakenStaysHoweverOldItIs() {
    long claim = taken("w", 1);
    ongoing(claim);
    age(claim, 1_000_000);
    String before = everything();

    assertThat(withdraw.withdrawOlderThan(MINUTE)).isZero();
    assertThat(withdraw.withdraw(List.of(new Dispatched(claim, Lane.LONG, 4)))).isZero();

    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void claimsThatCouldNotBeSentComeBackAtOnce() {
    long sent = claim(TYPE);
    long left = queued(sent);
    long unsent = claim(TYPE);
    long task = queued(unsent);

    assertThat(withdraw.withdraw(List.of(new Dispatched(unsent, Lane.LONG, 4)))).isEqualTo(1);

    assertThat(state(task)).isEqualTo("pending");
    assertThat(trail(task)).containsExactly("queued pending not sent");
    assertThat(state(left)).isEqualTo("queued");
  }

  @Test
  void aClaimThatANodeRefusesComesBackUnlessAnotherHasTakenIt() {
    long refused = claim(TYPE);
    long task = queued(refused);
    long taken = taken("w", 1);
    long running = ongoing(taken);

    assertThat(withdraw.refuse(refused)).isEqualTo(1);
    assertThat(withdraw.refuse(taken)).isZero();

    assertThat(trail(task)).containsExactly("queued pending refused");
    assertThat(exists(refused)).isFalse();
    assertThat(state(running)).isEqualTo("ongoing");
  }

  /** It died between the claim's commit and its sending, or after that: nobody knows. */
  @Test
  void whatALostNodeHadClaimedComesBackAtOnceAndWhatOthersHaveStays() {
    for (String state : List.of("lost", "active")) {
      sql.update(
          """
          insert into longshore.worker (id, run, host, pid, version, state, lease_until, long_slots,
              quick_slots)
          values (?, 7, 'h', 1, 'v', ?, clock_timestamp() + interval '1 hour', 1, 1)
          """,
          "is-" + state,
          state);
    }
    long gone = claimedBy("is-lost");
    long there = claimedBy("is-active");
    long takenByNow = taken("is-active", 7);
    sql.update("update longshore.claim set claimed_by = 'is-lost' where id = ?", takenByNow);
    long running = ongoing(takenByNow);

    assertThat(withdraw.withdrawOfLostNodes()).isEqualTo(1);

    assertThat(trail(gone)).containsExactly("queued pending claimed by a lost node");
    assertThat(state(there)).isEqualTo("queued");
    assertThat(state(running)).isEqualTo("ongoing");
  }

  @Test
  void whatAnEarlierLifeOfThisNodeHadClaimedComesBack() {
    long own = claimedBy(worker.id());
    long another = claimedBy("another");

    assertThat(withdraw.withdrawOwn()).isEqualTo(1);

    assertThat(trail(own)).containsExactly("queued pending claimed by a lost node");
    assertThat(state(another)).isEqualTo("queued");
  }

  @Test
  void whatIsPausedAndWasTakenByNobodyComesBack() {
    long ofTheQueue = claimedBy("another");
    long beside = queued(sql.first("select claim_id from longshore.task", r -> r.getLong(1)).get());
    sql.update("update longshore.task set queue = 'paused-queue' where id = ?", ofTheQueue);
    long running = ongoing(taken("another", 1));
    sql.update("update longshore.task set queue = 'paused-queue' where id = ?", running);
    assertThat(withdraw.withdrawPaused()).isZero();

    sql.update("insert into longshore.queue (name, paused) values ('paused-queue', true)");
    try {
      assertThat(withdraw.withdrawPaused()).as("with those of its claim").isEqualTo(2);
    } finally {
      sql.update("delete from longshore.queue");
    }
    assertThat(trail(ofTheQueue)).containsExactly("queued pending paused");
    assertThat(state(beside)).isEqualTo("pending");
    assertThat(state(running)).isEqualTo("ongoing");

    long ofTheType = claimedBy("another");
    sql.update("update longshore.task_type set paused = true where name = ?", TYPE);
    try {
      assertThat(withdraw.withdrawPaused()).isEqualTo(1);
    } finally {
      sql.update("update longshore.task_type set paused = false where name = ?", TYPE);
    }
    assertThat(state(ofTheType)).isEqualTo("pending");
  }

  private long claimedBy(String node) {
    long claim = claim(TYPE);
    sql.update("update longshore.claim set claimed_by = ? where id = ?", node, claim);
    return queued(claim);
  }

  @Test
  void anOldClaimWithoutTasksGoesToo() {
    long claim = claim(TYPE);
    age(claim, 61);

    withdraw.withdrawOlderThan(MINUTE);

    assertThat(exists(claim)).isFalse();
  }

  private void age(long claim, int seconds) {
    sql.update(
        "update longshore.claim set claimed_at = clock_timestamp() - ? * interval '1 second'"
            + " where id = ?",
        seconds,
        claim);
  }
}
