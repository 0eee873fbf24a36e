package dev.longshore.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.story.Archives;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.Connection;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Everything that is said to happen in one transaction depends on this. */
@ExtendWith(ArquillianExtension.class)
@Execution(ExecutionMode.SAME_THREAD)
class TransactionIT {

  private static final String ID = "select pg_current_xact_id()::text";

  @Inject private Work work;
  @Inject private Sql sql;
  @Inject private PromptSql promptSql;

  @Resource(lookup = "jdbc/longshore-wake")
  private DataSource wake;

  @Deployment
  static WebArchive archive() {
    return Archives.longshore().addClasses(Archives.class, TransactionIT.class, Work.class);
  }

  @ApplicationScoped
  public static class Work {
    @Inject private Sql sql;

    @Transactional
    public boolean twoStatementsAreOneTransaction() {
      return id().equals(id());
    }

    @Transactional
    public void writeAndThrow() {
      sql.update("insert into transaction_it values (1)");
      throw new IllegalStateException("rolls back");
    }

    private String id() {
      return sql.first(ID, row -> row.getString(1)).orElseThrow();
    }
  }

  @Test
  void statementsOfAnInterceptedMethodAreOneTransaction() {
    assertThat(work.twoStatementsAreOneTransaction()).isTrue();
  }

  /**
   * Claims and takes rely on it: what goes with one round trip, outside of a transaction, is one.
   * The driver prepares a statement at its fifth use, and asks for types where it does not know
   * them.
   */
  @Test
  void statementsOfOneRoundTripAreOneTransactionOutsideOfOne() {
    for (int i = 0; i < 12; i++) {
      String value = "at " + i;
      List<String> found =
          sql.several(
              """
              select pg_current_xact_id()::text, set_config('longshore.probe', ?, true);
              select pg_current_xact_id()::text, current_setting('longshore.probe'), ?::text,
                  ?::jsonb::text
              from unnest(?::text[], ?::bigint[]) as u (a, b)
              """,
              statement -> {
                String first = Sql.rows(statement, row -> row.getString(1)).get(0);
                return Sql.rows(
                        statement, row -> List.of(first, row.getString(1), row.getString(2)))
                    .get(0);
              },
              value,
              "text",
              "{}",
              new String[] {"a"},
              new Long[] {1L});
      assertThat(found.get(1)).isEqualTo(found.get(0));
      assertThat(found.get(2)).isEqualTo(value);
    }
    assertThat(sql.first("select current_setting('longshore.probe', true)", r -> r.getString(1)))
        .isNotEqualTo(Optional.of("at 11"));
  }

  /** Compiling the claim takes longer than a thousand of them, where PostgreSQL has a compiler. */
  @Test
  void statementsAreNeverCompiled() {
    assertThat(sql.first("show jit", row -> row.getString(1))).contains("off");
    assertThat(promptSql.first("show jit", row -> row.getString(1))).contains("off");
  }

  /** Through Liberty's wrapper, too ({@link LingerIT}). */
  @Test
  void theDriverOfThisServerWaitsForNoSecondAnnouncement() throws Exception {
    try (Connection connection = wake.getConnection()) {
      assertThat(Linger.leaveOut(connection)).isTrue();
    }
  }

  @Test
  void anExceptionRollsBackWhatWasWritten() {
    sql.update("create table if not exists transaction_it (n int)");
    assertThatThrownBy(work::writeAndThrow).hasMessage("rolls back");
    assertThat(sql.first("select count(*) from transaction_it", row -> row.getInt(1))).contains(0);
  }
}
