package dev.longshore.edge.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.db.DatabaseException;
import dev.longshore.db.PromptSql;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DatabaseProbeTest {

  private RuntimeException answer;

  /** A fault of its own must not be its last question. */
  @Test
  void itSaysWhatTheLastAnswerWas() {
    DatabaseProbe probe = new DatabaseProbe();
    probe.sql =
        new PromptSql() {
          @Override
          public <T> Optional<T> first(String sql, Row<T> mapper, Object... parameters) {
            if (answer != null) {
              throw answer;
            }
            return Optional.empty();
          }
        };
    assertThat(probe.missing()).contains("PostgreSQL does not answer: it was not asked yet");

    probe.ask();
    assertThat(probe.missing()).isEmpty();

    answer = new DatabaseException(new SQLException("Connection refused"));
    probe.ask();
    assertThat(probe.missing()).contains("PostgreSQL does not answer: Connection refused");

    answer = new IllegalStateException("no pool");
    probe.ask();
    assertThat(probe.missing())
        .contains("PostgreSQL does not answer: java.lang.IllegalStateException: no pool");

    answer = null;
    probe.ask();
    assertThat(probe.missing()).isEmpty();
  }
}
