package dev.longshore.engine.prune;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.db.DatabaseException;
import dev.longshore.db.Sql;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FoldTimerTest {

  /** The server would call a timer that failed only minutes later. */
  @Test
  void aRoundThatFailsIsFollowedByAnother() {
    AtomicInteger rounds = new AtomicInteger();
    FoldTimer timer = new FoldTimer();
    timer.sql =
        new Sql() {
          @Override
          public <T> Optional<T> first(String sql, Row<T> mapper, Object... parameters) {
            rounds.incrementAndGet();
            throw new DatabaseException(new SQLException("PostgreSQL is away"));
          }
        };

    timer.fold();
    timer.fold();

    assertThat(rounds).hasValue(2);
  }
}
