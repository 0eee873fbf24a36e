package dev.longshore.engine.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

class WakeUpChannelTest {

  private final List<String> asked = new ArrayList<>();

  /** The pool would have one connection less for ever. */
  @Test
  void aSessionThatBreaksBeforeItsFirstLookIsGivenBack() {
    DataSource dataSource = proxy(DataSource.class, (self, method, arguments) -> connection());

    assertThatThrownBy(() -> new WakeUpChannel(dataSource, null, new String[0], new String[0]))
        .isInstanceOf(SQLException.class)
        .hasMessage("broken");

    assertThat(asked).containsExactly("listen longshore_work", "set enable_sort = off", "close");
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
            method.getName().equals("execute") ? (Object) asked.add((String) arguments[0]) : null);
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            WakeUpChannelTest.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
