package dev.longshore.engine.batch;

import jakarta.batch.api.chunk.ItemReader;
import jakarta.batch.api.chunk.ItemWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jberet.runtime.AbstractStepExecution;

/**
 * Keeps a chunk from losing items to a fault of JBeret 3.1.0: on a skip it takes the reader's
 * position for the point to go back to, before the earlier items of the chunk are written. A retry
 * with rollback later in that chunk then starts behind them.
 *
 * <p>Stands between JBeret and the reader and writer of a step. The reader's position is given out
 * when the chunk has been written or the input is at its end; before that, the answer is the point
 * that the step would go back to now. Proxies, because one class may be reader and listener both.
 */
final class Guard {

  /** JBeret makes a step's writer right after its reader, on the same thread. */
  private static final ThreadLocal<Guard> OF_READER = new ThreadLocal<>();

  private final AbstractStepExecution step;
  private boolean positionIsSafe;

  private Guard(AbstractStepExecution step) {
    this.step = step;
  }

  /**
   * The artifact itself or, for a reader or writer, a guarded one.
   *
   * @param step the step, or partition of a step, that the artifact is made for
   */
  static Object around(Object artifact, AbstractStepExecution step) {
    Guard guard = OF_READER.get();
    if (guard != null && guard.step == step && artifact instanceof ItemWriter) {
      OF_READER.remove();
      return proxy(artifact, guard::callWriter);
    }
    if (step != null && artifact instanceof ItemReader) {
      Guard fresh = new Guard(step);
      OF_READER.set(fresh);
      return proxy(artifact, fresh::callReader);
    }
    return artifact;
  }

  private Object callReader(Object reader, Method method, Object[] arguments) throws Throwable {
    switch (method.getName()) {
      case "open" -> positionIsSafe = false;
      case "readItem" -> {
        positionIsSafe = false;
        Object item = invoke(reader, method, arguments);
        positionIsSafe = item == null;
        return item;
      }
      case "checkpointInfo" -> {
        if (!positionIsSafe) {
          return step.getReaderCheckpointInfo();
        }
      }
      default -> {}
    }
    return invoke(reader, method, arguments);
  }

  private Object callWriter(Object writer, Method method, Object[] arguments) throws Throwable {
    if (method.getName().equals("writeItems")) {
      positionIsSafe = true;
    }
    return invoke(writer, method, arguments);
  }

  private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** What a call on a proxy comes down to. */
  @FunctionalInterface
  private interface Call {
    Object on(Object target, Method method, Object[] arguments) throws Throwable;
  }

  private static Object proxy(Object target, Call call) {
    InvocationHandler handler = (self, method, arguments) -> call.on(target, method, arguments);
    return Proxy.newProxyInstance(ItemReader.class.getClassLoader(), interfaces(target), handler);
  }

  /** The batch API's interfaces of an artifact: nobody asks for others. */
  private static Class<?>[] interfaces(Object artifact) {
    Set<Class<?>> found = new LinkedHashSet<>();
    for (Class<?> c = artifact.getClass(); c != null; c = c.getSuperclass()) {
      collect(c, found);
    }
    return found.toArray(Class<?>[]::new);
  }

  private static void collect(Class<?> type, Set<Class<?>> found) {
    for (Class<?> i : type.getInterfaces()) {
      if (i.getPackageName().startsWith("jakarta.batch.api")) {
        found.add(i);
      }
      collect(i, found);
    }
  }
}
