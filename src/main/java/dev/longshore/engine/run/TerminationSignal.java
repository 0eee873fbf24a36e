package dev.longshore.engine.run;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Does something when SIGTERM comes, and only then lets the JVM stop: shutdown hooks all begin at
 * once, and Liberty's would stop the server beside ours. Asked for by reflection: {@code
 * sun.misc.Signal} is in every JDK (module {@code jdk.unsupported}) and in no specification.
 */
final class TerminationSignal {

  private static final Logger LOG = Logger.getLogger(TerminationSignal.class.getName());

  private final String name;
  private final Runnable before;
  private Object signal;
  private Object former;

  TerminationSignal(Runnable before) {
    this("TERM", before);
  }

  TerminationSignal(String name, Runnable before) {
    this.name = name;
    this.before = before;
  }

  void listen() {
    former = handle(this::handler);
  }

  /** From now on the signal does what it did before. */
  void ignore() {
    if (former != null) {
      Object last = former;
      former = null;
      handle(() -> last);
    }
  }

  private Object handler() throws ClassNotFoundException {
    Class<?> type = system("sun.misc.SignalHandler");
    return Proxy.newProxyInstance(
        type.getClassLoader() == null ? ClassLoader.getSystemClassLoader() : type.getClassLoader(),
        new Class<?>[] {type},
        (self, method, arguments) -> called(self, method, arguments));
  }

  private Object called(Object self, Method method, Object[] arguments) throws Exception {
    return switch (method.getName()) {
      case "handle" -> {
        terminate();
        yield null;
      }
      case "equals" -> self == arguments[0];
      case "hashCode" -> System.identityHashCode(self);
      default -> "Longshore's drain";
    };
  }

  /** Signals are handled on threads of their own: this one may take its time. */
  private void terminate() throws ReflectiveOperationException {
    Object next = former;
    LOG.info("SIGTERM: this node takes no more work and stops when what it runs has ended.");
    try {
      before.run();
    } finally {
      if (next != null) {
        system("sun.misc.SignalHandler")
            .getMethod("handle", signal.getClass())
            .invoke(next, signal);
      }
    }
  }

  /** Who handled the signal before; {@code null} when nothing was changed. */
  private Object handle(Callable<Object> handler) {
    try {
      if (signal == null) {
        signal = system("sun.misc.Signal").getConstructor(String.class).newInstance(name);
      }
      return signal
          .getClass()
          .getMethod("handle", signal.getClass(), system("sun.misc.SignalHandler"))
          .invoke(null, signal, handler.call());
    } catch (Exception e) {
      LOG.log(
          Level.WARNING,
          "SIGTERM cannot be listened to ({0}): running work gets no more than 8 s when the server"
              + " stops.",
          e.toString());
      return null;
    }
  }

  private static Class<?> system(String name) throws ClassNotFoundException {
    return Class.forName(name, true, ClassLoader.getSystemClassLoader());
  }
}
