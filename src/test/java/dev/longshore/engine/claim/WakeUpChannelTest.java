package dev.longshore.engine.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

class WakeUpChannelTest {

  private final List<String> asked = new ArrayList<>();
  private final Deque<Long> tasks = new ArrayDeque<>();

  /** The pool would have one connection less for ever. */
  @Test
  void aSessionThatBreaksBeforeItsFirstLookIsGivenBack() {
    DataSource dataSource = proxy(DataSource.class, (self, method, arguments) -> connection());

    assertThatThrownBy(() -> new WakeUpChannel(dataSource, null, new String[0], new String[0]))
        .isInstanceOf(SQLException.class)
        .hasMessage("broken");

    assertThat(asked).containsExactly("listen longshore_work", "set enable_sort = off", "close");
  }

  /** Who submits announces it while somebody holds an advisory lock (V054). */
  @Test
  void whileMuchComesInNobodyIsAskedToAnnounceIt() throws SQLException {
    // The newest task's id at each look, which finds that all of them are claimed.
    tasks.addAll(List.of(10L, 10L, 11L, 13L, 15L, 16L, 16L));
    try (WakeUpChannel channel =
        new WakeUpChannel(
            proxy(DataSource.class, (self, method, arguments) -> healthy()),
            new Sleeper(),
            new String[0],
            new String[0])) {
      asked.clear();
      channel.serve(tasks::isEmpty);
      assertThat(asked)
          .containsExactly(
              "look", "ask", "look", "look", "look", "cease", "look", "look", "ask", "look");
    }
  }

  /** Claims nothing. */
  private static final class Sleeper extends Claimer {
    @Override
    public void wake() {
      // there is nothing
    }

    @Override
    Object[] starts(boolean sweep) {
      return new Object[5][0];
    }

    @Override
    long oldestClaim() {
      return 0;
    }
  }

  /** One whose looks find so many tasks, and nothing that is due. */
  private Connection healthy() {
    return proxy(
        Connection.class,
        (self, method, arguments) ->
            switch (method.getName()) {
              case "unwrap" -> proxy(PGConnection.class, (s, m, a) -> null);
              case "createStatement" -> statement();
              case "prepareStatement" -> proxy(PreparedStatement.class, this::look);
              default -> null;
            });
  }

  private Object look(Object self, Method method, Object[] arguments) {
    if (!method.getName().equals("executeQuery")) {
      return null;
    }
    asked.add("look");
    return row(tasks.remove());
  }

  private static ResultSet row(Object value) {
    boolean[] read = new boolean[1];
    return proxy(
        ResultSet.class,
        (self, method, arguments) ->
            switch (method.getName()) {
              case "next" -> !read[0] && (read[0] = true);
              case "getBoolean" -> value instanceof Boolean yes && yes;
              case "getLong" -> value;
              default -> null;
            });
  }

  private Connection connection() {
    return proxy(
        Connection.class,
        (self, method, arguments) ->
            switch (method.getName()) {
              case "unwrap" -> proxy(PGConnection.class, (s, m, a) -> null);
              case "createStatement" -> statement();
              case "prepareStatement" -> throw new SQLException("broken");
              default -> asked.add(method.getName()) ? null : null;
            });
  }

  private Statement statement() {
    return proxy(
        Statement.class,
        (self, method, arguments) ->
            switch (method.getName()) {
              case "execute" -> asked.add((String) arguments[0]);
              case "executeQuery" -> {
                asked.add(((String) arguments[0]).contains("unlock") ? "cease" : "ask");
                yield row(true);
              }
              default -> null;
            });
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            WakeUpChannelTest.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
