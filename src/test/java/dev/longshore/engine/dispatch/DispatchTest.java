package dev.longshore.engine.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.QueueBrowser;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DispatchTest {

  private final List<String> closed = new ArrayList<>();

  /** Between the making of the browser and its answer. */
  @Test
  void aBrokerThatGoesWhileItIsAskedIsNotThere() {
    QueueBrowser browser =
        proxy(
            QueueBrowser.class,
            (self, method, arguments) -> {
              if (method.getName().equals("getEnumeration")) {
                throw new JMSException("gone", "AMQ1");
              }
              return closed.add("browser") ? null : null;
            });
    JMSContext context =
        proxy(
            JMSContext.class,
            (self, method, arguments) ->
                method.getName().equals("createBrowser")
                    ? browser
                    : closed.add("context") ? null : null);
    Dispatch dispatch = new Dispatch();
    dispatch.connections = proxy(ConnectionFactory.class, (self, method, arguments) -> context);

    assertThatThrownBy(dispatch::probe)
        .isInstanceOfSatisfying(
            JMSRuntimeException.class, e -> assertThat(e.getErrorCode()).isEqualTo("AMQ1"))
        .hasMessage("gone");

    assertThat(closed).containsExactly("browser", "context");
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            DispatchTest.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
