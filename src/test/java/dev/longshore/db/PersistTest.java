package dev.longshore.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is tried again while PostgreSQL is away, and what is not. */
class PersistTest {

  @Test
  void workIsTriedUntilTheDatabaseIsThere() {
    Deque<SQLException> failures =
        new ArrayDeque<>(
            List.of(new SQLRecoverableException("closed"), new SQLException("starting", "57P03")));
    int[] done = new int[1];
    Persist.whileAway(
        "Not done",
        () -> {
          if (!failures.isEmpty()) {
            throw new IllegalStateException(new DatabaseException(failures.remove()));
          }
          done[0]++;
        });
    assertThat(failures).isEmpty();
    assertThat(done[0]).isEqualTo(1);
  }

  @Test
  void anyOtherFailureIsThrownAtOnce() {
    DatabaseException wrong = new DatabaseException(new SQLException("no such table", "42P01"));
    assertThatThrownBy(
            () ->
                Persist.whileAway(
                    "Not done",
                    () -> {
                      throw wrong;
                    }))
        .isSameAs(wrong);
  }

  @Test
  void anInterruptEndsTheWait() {
    DatabaseException away = new DatabaseException(new SQLException("gone", "08006"));
    Thread.currentThread().interrupt();
    assertThatThrownBy(
            () ->
                Persist.whileAway(
                    "Not done",
                    () -> {
                      throw away;
                    }))
        .isSameAs(away);
    assertThat(Thread.interrupted()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"08001", "08006", "57P01", "57P02", "57P03", "53300"})
  void aConnectionThatFailsIsAway(String state) {
    assertThat(DatabaseException.isAway(new SQLException("x", state))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"28P01", "3D000", "55P03", "57014", "23505"})
  void aStatementThatFailsIsNot(String state) {
    assertThat(DatabaseException.isAway(new SQLException("x", state))).isFalse();
  }

  @Test
  void theKindOfExceptionSaysItToo() {
    assertThat(DatabaseException.isAway(new SQLTransientConnectionException())).isTrue();
    assertThat(DatabaseException.isAway(new SQLNonTransientConnectionException())).isTrue();
    assertThat(DatabaseException.isAway(new SQLException())).isFalse();
    assertThat(DatabaseException.isAway(new IllegalStateException())).isFalse();
  }
}
