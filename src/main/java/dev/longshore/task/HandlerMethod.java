package dev.longshore.task;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.interceptor.AroundInvoke;
import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The one method of a class with {@link Handler}: which it is, what it takes and what it answers
 * with. Whatever of that is not as it should be is said of the class and the method at start-up.
 */
final class HandlerMethod {

  private static final Set<Class<? extends Annotation>> CALLED_BY_CDI =
      Set.of(
          PostConstruct.class, PreDestroy.class, Inject.class, Produces.class, AroundInvoke.class);

  private static final Set<Class<? extends Annotation>> OF_CDI_PARAMETERS =
      Set.of(Observes.class, ObservesAsync.class, Disposes.class);

  private final Method method;
  private final int payloadAt;
  private final int contextAt;

  private HandlerMethod(Method method) {
    this.method = method;
    this.payloadAt = position(false);
    this.contextAt = position(true);
    if (payloadAt >= 0) {
      String wrong = PayloadTypes.wrong(method.getGenericParameterTypes()[payloadAt]);
      if (wrong != null) {
        throw fault(toString(), "takes " + parameter(payloadAt) + ", which " + wrong);
      }
    }
    String wrong = PayloadTypes.wrongResult(method.getReturnType());
    if (wrong != null) {
      throw fault(toString(), wrong);
    }
    method.setAccessible(true);
  }

  /**
   * The method of a class.
   *
   * @throws IllegalStateException naming the class, its method and what is wrong with it
   */
  static HandlerMethod of(Class<?> declaring) {
    if (declaring.isInterface() || Modifier.isAbstract(declaring.getModifiers())) {
      throw fault(
          declaring.getName(),
          "is abstract and has @Handler: put the annotation on the class that is to run tasks.");
    }
    if (TaskHandler.class.isAssignableFrom(declaring)
        || Pipeline.class.isAssignableFrom(declaring)) {
      throw fault(
          declaring.getName(),
          "has @Handler and is a TaskHandler or Pipeline as well: one of them declares the type.");
    }
    List<Method> candidates =
        Arrays.stream(declaring.getDeclaredMethods()).filter(HandlerMethod::mayRunTasks).toList();
    if (candidates.isEmpty()) {
      throw fault(
          declaring.getName(),
          "has no method that runs a task: @Handler expects exactly one that is neither private nor"
              + " static, in the class itself.");
    }
    if (candidates.size() > 1) {
      throw fault(
          declaring.getName(),
          "has more than one method that could run a task: "
              + candidates.stream()
                  .map(HandlerMethod::shown)
                  .sorted()
                  .collect(Collectors.joining(", "))
              + ". Make all but one of them private or static, or move them to another class.");
    }
    return new HandlerMethod(candidates.get(0));
  }

  /** A fault in a declaration. */
  static IllegalStateException fault(String where, String what) {
    return new IllegalStateException(where + " " + what + " Nothing can run until that is right.");
  }

  /** What the payload is bound to; {@code null} when the method does not take it. */
  Type payloadType() {
    return payloadAt < 0 ? null : method.getGenericParameterTypes()[payloadAt];
  }

  /** Calls it. What it throws comes as it was thrown. */
  Object call(Object target, Object payload, TaskContext task) throws Exception {
    Object[] arguments = new Object[method.getParameterCount()];
    if (payloadAt >= 0) {
      arguments[payloadAt] = payload;
    }
    if (contextAt >= 0) {
      arguments[contextAt] = task;
    }
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (Exception) e.getCause();
    }
  }

  /** {@code com.example.SendWelcome.send(Welcome, TaskContext)}. */
  @Override
  public String toString() {
    return method.getDeclaringClass().getName() + "." + shown(method);
  }

  /** Of the context, or of what is not the context; -1 when there is none. */
  private int position(boolean context) {
    int found = -1;
    Class<?>[] types = method.getParameterTypes();
    for (int i = 0; i < types.length; i++) {
      if ((types[i] == TaskContext.class) == context) {
        if (found >= 0) {
          throw fault(
              toString(),
              "takes both "
                  + parameter(found)
                  + " and "
                  + parameter(i)
                  + ": one payload and one TaskContext are all that there is to take.");
        }
        found = i;
      }
    }
    return found;
  }

  private String parameter(int i) {
    return method.getParameterTypes()[i].getSimpleName();
  }

  private static boolean mayRunTasks(Method method) {
    int modifiers = method.getModifiers();
    return !method.isSynthetic()
        && !Modifier.isPrivate(modifiers)
        && !Modifier.isStatic(modifiers)
        && CALLED_BY_CDI.stream().noneMatch(method::isAnnotationPresent)
        && Arrays.stream(method.getParameterAnnotations())
            .flatMap(Arrays::stream)
            .noneMatch(a -> OF_CDI_PARAMETERS.contains(a.annotationType()))
        && !isOfObject(method);
  }

  private static boolean isOfObject(Method method) {
    return Arrays.stream(Object.class.getDeclaredMethods())
        .anyMatch(
            m ->
                m.getName().equals(method.getName())
                    && Arrays.equals(m.getParameterTypes(), method.getParameterTypes()));
  }

  private static String shown(Method method) {
    return Arrays.stream(method.getParameterTypes())
        .map(Class::getSimpleName)
        .collect(Collectors.joining(", ", method.getName() + "(", ")"));
  }
}
