package dev.longshore.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** SIGTERM itself, in this JVM: behind the one that listens stands the test's own handler. */
class TerminationSignalTest {

  private final List<String> events = new CopyOnWriteArrayList<>();
  private Object ofTheJvm;

  @BeforeEach
  void begin() throws Exception {
    ofTheJvm = handle(handler("stop"));
  }

  @AfterEach
  void end() throws Exception {
    handle(ofTheJvm);
  }

  @Test
  void theJvmStopsWhenWhatIsToComeBeforeIsDone() throws Exception {
    TerminationSignal signal = new TerminationSignal(() -> events.add("drained"));
    signal.listen();

    raise();

    await().until(() -> events.contains("stop"));
    assertThat(events).containsExactly("drained", "stop");
  }

  @Test
  void itStopsAlsoWhenThatFails() throws Exception {
    TerminationSignal signal =
        new TerminationSignal(
            () -> {
              events.add("failed");
              throw new IllegalStateException("as asked");
            });
    signal.listen();

    raise();

    await().dontCatchUncaughtExceptions().until(() -> events.contains("stop"));
    assertThat(events).containsExactly("failed", "stop");
  }

  @Test
  void whatListensNoLongerIsNotAsked() throws Exception {
    TerminationSignal signal = new TerminationSignal(() -> events.add("drained"));
    signal.listen();
    signal.ignore();
    signal.ignore();

    raise();

    await().until(() -> events.contains("stop"));
    assertThat(events).containsExactly("stop");
  }

  @Test
  void aJvmWithoutTheSignalGoesWithout() throws Exception {
    TerminationSignal signal = new TerminationSignal("NONE", () -> events.add("drained"));
    signal.listen();
    signal.ignore();

    raise();

    await().until(() -> events.contains("stop"));
    assertThat(events).containsExactly("stop");
  }

  @Test
  void theHandlerIsAnObjectLikeAnyOther() throws Exception {
    new TerminationSignal(() -> {}).listen();

    Object ours = handle(handler("stop"));

    assertThat(ours).isEqualTo(ours).isNotEqualTo(ofTheJvm).hasToString("Longshore's drain");
    assertThat(ours.hashCode()).isEqualTo(System.identityHashCode(ours));
  }

  private Object handler(String event) throws Exception {
    Class<?> type = Class.forName("sun.misc.SignalHandler");
    return Proxy.newProxyInstance(
        ClassLoader.getSystemClassLoader(),
        new Class<?>[] {type},
        (self, method, arguments) -> events.add(event) ? null : null);
  }

  /** By reflection, as the class itself does: the compiler warns of it. */
  private static Object handle(Object handler) throws Exception {
    return Class.forName("sun.misc.Signal")
        .getMethod(
            "handle", Class.forName("sun.misc.Signal"), Class.forName("sun.misc.SignalHandler"))
        .invoke(null, term(), handler);
  }

  private static void raise() throws Exception {
    Class.forName("sun.misc.Signal")
        .getMethod("raise", Class.forName("sun.misc.Signal"))
        .invoke(null, term());
  }

  private static Object term() throws Exception {
    return Class.forName("sun.misc.Signal").getConstructor(String.class).newInstance("TERM");
  }
}
