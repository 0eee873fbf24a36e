package dev.longshore.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.db.DatabaseException;
import dev.longshore.engine.worker.Worker;
import dev.longshore.task.Outcome;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutageTest {

  private static final SQLException BROKEN = new SQLNonTransientConnectionException("broken");

  private boolean lost;
  private final Outage outage = new Outage();

  OutageTest() {
    outage.worker =
        new Worker() {
          @Override
          public boolean hasLostItsSessionSince(long nanos) {
            return lost;
          }
        };
  }

  @Test
  void aConnectionOfThePlatformsThatBreaksIsOne() {
    assertThat(explains(new IllegalStateException(new DatabaseException(BROKEN)))).isTrue();
    assertThat(explains(new DatabaseException(new SQLException("no such table", "42P01"))))
        .isFalse();
  }

  /** A handler may have opened it to wherever it likes. */
  @Test
  void anyOtherConnectionIsOneWhenTheLeaseHasLostItsOwn() {
    assertThat(explains(new IllegalStateException(BROKEN))).isFalse();
    lost = true;
    assertThat(explains(new IllegalStateException(BROKEN))).isTrue();
  }

  @Test
  void aCommitThatFailsIsOneWhenTheLeaseHasLostItsSession() {
    List<Exception> commits =
        List.of(
            new RollbackException(),
            new HeuristicMixedException(),
            new HeuristicRollbackException(),
            new SystemException());
    assertThat(commits).noneMatch(this::explains);
    lost = true;
    assertThat(commits).allMatch(this::explains);
  }

  /** JBeret keeps to itself what broke a job between two of its steps. */
  @Test
  void aFailureThatNobodyKnowsIsOneWhenTheLeaseHasLostItsSession() {
    assertThat(explains(null)).isFalse();
    lost = true;
    assertThat(explains(null)).isTrue();
  }

  /** It cannot have been the cause, however often it happens. */
  @Test
  void whoHadNoSessionIsNotCountedForIt() {
    for (String state : List.of("53300", "57P03", "08001")) {
      assertThat(
              Outage.outcome(
                  RunningTaskTest.task(),
                  new DatabaseException(new SQLException("none", state)),
                  false))
          .isInstanceOf(Outcome.Snoozed.class);
    }
    assertThat(
            Outage.outcome(
                RunningTaskTest.task(),
                new DatabaseException(new SQLException("gone", "57P02")),
                false))
        .isInstanceOf(Outcome.Outage.class);
  }

  @Test
  void anyOtherFailureIsTheTasksOwn() {
    lost = true;
    assertThat(explains(new IllegalStateException("a fault"))).isFalse();
  }

  private boolean explains(Throwable failure) {
    return outage.explains(failure, System.nanoTime());
  }
}
