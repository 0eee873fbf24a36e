package dev.longshore.db;

import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Runs one statement on the platform's data source, in the caller's transaction where there is one.
 *
 * <p>Parameters are bound by their class: numbers, strings and {@code java.time} values as the
 * driver does, {@link Duration} as seconds ({@code ? * interval '1 second'}), arrays of numbers and
 * strings as SQL arrays. JSON goes as text with {@code ?::jsonb}; a parameter that may be {@code
 * null} is best given its type in the statement as well.
 */
@ApplicationScoped
public class Sql {

  /**
   * A condition that is always true and has the transaction's commit return before it is on disk.
   * For what a crash of PostgreSQL may take back: it is then as if it had not been done yet, and
   * whatever is built on it is committed later in the same log, or lost with it.
   */
  public static final String MAY_BE_LOST =
      "set_config('synchronous_commit', 'off', true) is not null";

  /**
   * For the rest of the transaction a plan is made once and kept. For statements that take arrays:
   * the planner thinks the plan for a given array the cheaper one, and makes it anew each time,
   * which takes longer than such a statement does.
   *
   * <p>Where there are few tasks, as in a new home, the best plan reads all of them, and was kept
   * until the next ANALYZE, when there were 150,000: so such a plan is not to be made.
   */
  public static final Before PLANNED_ONCE =
      new Before(
          "select set_config('plan_cache_mode', 'force_generic_plan', true),"
              + " set_config('enable_seqscan', 'off', true);\n",
          List.of());

  @Resource(lookup = "jdbc/longshore")
  private DataSource dataSource;

  /** Null where each statement takes a connection and gives it back. */
  private final Connection session;

  public Sql() {
    this.session = null;
  }

  /** For a part that keeps a connection of its own. */
  public Sql(Connection session) {
    this.session = session;
  }

  /**
   * Statements whose answers nobody needs, to go with another one's round trip. Outside of a
   * transaction they and the other one are one as long as the driver knows each parameter's type:
   * where it asks for one it ends the transaction in between, so no parameter is to be {@code
   * null}, and {@code stringtype=unspecified} is nothing for the URL.
   *
   * @param sql each ends with a semicolon
   * @param parameters of all of them, in order
   * @param statements how many they are
   */
  public record Before(String sql, List<Object> parameters, int statements) {

    public static final Before NOTHING = new Before("", List.of(), 0);

    /** A single statement. */
    public Before(String sql, List<Object> parameters) {
      this(sql, parameters, 1);
    }

    /** These, then the others. */
    public Before and(Before others) {
      List<Object> both = new ArrayList<>(parameters);
      both.addAll(others.parameters);
      return new Before(sql + others.sql, both, statements + others.statements);
    }
  }

  /** Makes a value of the row that the result set stands on. */
  @FunctionalInterface
  public interface Row<T> {
    T of(ResultSet row) throws SQLException;
  }

  /** Reads what a statement has come to that was executed, result by result. */
  @FunctionalInterface
  public interface Results<T> {
    T of(PreparedStatement executed) throws SQLException;
  }

  /** Works on a connection that is given back afterwards. */
  @FunctionalInterface
  public interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  /** Every row, in order. */
  public <T> List<T> list(String sql, Row<T> mapper, Object... parameters) {
    return several(sql, statement -> rows(statement, mapper), parameters);
  }

  /** The same, in one round trip with what comes before; outside of a transaction they are one. */
  public <T> List<T> list(Before before, String sql, Row<T> mapper, Object... parameters) {
    List<Object> all = new ArrayList<>(before.parameters);
    all.addAll(Arrays.asList(parameters));
    return several(
        before.sql + sql,
        statement -> {
          for (int i = 0; i < before.statements; i++) {
            statement.getMoreResults();
          }
          return rows(statement, mapper);
        },
        all.toArray());
  }

  /** Runs several statements as one: they cost one round trip. */
  public <T> T several(String sql, Results<T> results, Object... parameters) {
    return with(
        connection -> {
          try (PreparedStatement statement = prepare(connection, sql, parameters)) {
            statement.execute();
            return results.of(statement);
          }
        });
  }

  /** Every row of the next result that has rows, from where the statement stands. */
  public static <T> List<T> rows(PreparedStatement executed, Row<T> mapper) throws SQLException {
    ResultSet next = executed.getResultSet();
    for (; next == null; next = executed.getResultSet()) {
      if (executed.getUpdateCount() == -1) {
        throw new SQLException("The statement answers no rows");
      }
      executed.getMoreResults();
    }
    List<T> found = new ArrayList<>();
    while (next.next()) {
      found.add(mapper.of(next));
    }
    executed.getMoreResults();
    return found;
  }

  /** The first row, if there is one and it is not {@code null}. */
  public <T> Optional<T> first(String sql, Row<T> mapper, Object... parameters) {
    List<T> all = list(sql, mapper, parameters);
    return all.isEmpty() ? Optional.empty() : Optional.ofNullable(all.get(0));
  }

  /**
   * Runs a statement that answers no rows.
   *
   * @return how many rows it changed
   */
  public int update(String sql, Object... parameters) {
    return with(
        connection -> {
          try (PreparedStatement statement = prepare(connection, sql, parameters)) {
            return statement.executeUpdate();
          }
        });
  }

  /** For what the other methods cannot say, such as batches. */
  public <T> T with(Work<T> work) {
    if (session != null) {
      return on(session, work);
    }
    try (Connection connection = source().getConnection()) {
      return work.on(connection);
    } catch (SQLException e) {
      throw new DatabaseException(e);
    }
  }

  /** Where connections come from. */
  DataSource source() {
    return dataSource;
  }

  private static <T> T on(Connection session, Work<T> work) {
    try {
      return work.on(session);
    } catch (SQLException e) {
      throw new DatabaseException(e);
    }
  }

  private static PreparedStatement prepare(Connection connection, String sql, Object... parameters)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      for (int i = 0; i < parameters.length; i++) {
        bind(statement, i + 1, parameters[i]);
      }
      return statement;
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
  }

  private static void bind(PreparedStatement statement, int index, Object value)
      throws SQLException {
    if (value instanceof Duration d) {
      statement.setDouble(index, d.toNanos() / 1e9);
    } else if (value instanceof Long[] a) {
      statement.setArray(index, statement.getConnection().createArrayOf("bigint", a));
    } else if (value instanceof Integer[] a) {
      statement.setArray(index, statement.getConnection().createArrayOf("int", a));
    } else if (value instanceof Double[] a) {
      statement.setArray(index, statement.getConnection().createArrayOf("float8", a));
    } else if (value instanceof String[] a) {
      statement.setArray(index, statement.getConnection().createArrayOf("text", a));
    } else if (value instanceof byte[][] a) {
      statement.setArray(index, statement.getConnection().createArrayOf("bytea", a));
    } else if (value instanceof byte[] b) {
      statement.setBytes(index, b);
    } else if (value == null) {
      statement.setNull(index, Types.NULL);
    } else {
      statement.setObject(index, value);
    }
  }
}
