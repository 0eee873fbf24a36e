package dev.longshore.log.worker;

import dev.longshore.log.Message;
import dev.longshore.task.Payloads;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.stream.Collectors;

/** A method of a worker: what it takes, and whether it answers with the state. */
final class WorkerMethod {

  /** What a parameter may be. */
  private enum Kind {
    PAYLOAD("a payload"),
    MESSAGE("the Message"),
    CONTEXT("the WorkerContext"),
    STATE("the state");

    final String shown;

    Kind(String shown) {
      this.shown = shown;
    }
  }

  private final Method method;
  private final Kind[] kinds;
  private final boolean answersState;

  private WorkerMethod(Method method, Kind[] kinds, boolean answersState) {
    this.method = method;
    this.kinds = kinds;
    this.answersState = answersState;
  }

  /**
   * Reads a method's signature.
   *
   * @param state the class of the state, {@code Void} for none
   * @param periodic whether it is called without a message
   * @throws IllegalStateException naming the class, the method and what is wrong with it
   */
  static WorkerMethod of(Method method, Class<?> state, boolean periodic) {
    String where = shown(method);
    int modifiers = method.getModifiers();
    if (Modifier.isPrivate(modifiers) || Modifier.isStatic(modifiers)) {
      throw WorkerDeclaration.fault(
          where,
          "is " + (Modifier.isStatic(modifiers) ? "static" : "private") + ": it may be neither.");
    }
    Class<?>[] types = method.getParameterTypes();
    Kind[] kinds = new Kind[types.length];
    for (int i = 0; i < types.length; i++) {
      kinds[i] = kind(types[i], state);
      for (int j = 0; j < i; j++) {
        if (kinds[j] == kinds[i]) {
          throw WorkerDeclaration.fault(where, twice(kinds[i], types[j], types[i], state));
        }
      }
      if (periodic && (kinds[i] == Kind.PAYLOAD || kinds[i] == Kind.MESSAGE)) {
        throw WorkerDeclaration.fault(
            where,
            "takes "
                + types[i].getSimpleName()
                + ", but a periodic run has no message: it may take the WorkerContext and the"
                + " state.");
      }
      String wrong =
          kinds[i] == Kind.PAYLOAD ? Payloads.wrong(method.getGenericParameterTypes()[i]) : null;
      if (wrong != null) {
        throw WorkerDeclaration.fault(
            where, "takes " + types[i].getSimpleName() + " as its payload, which " + wrong);
      }
    }
    Class<?> answer = method.getReturnType();
    boolean answersState = state != Void.class && answer == state;
    if (!answersState && answer != void.class) {
      throw WorkerDeclaration.fault(
          where,
          "answers with "
              + answer.getSimpleName()
              + ": it answers with nothing"
              + (state == Void.class
                  ? "."
                  : ", or with the state, " + state.getSimpleName() + "."));
    }
    method.setAccessible(true);
    return new WorkerMethod(method, kinds, answersState);
  }

  /** What the payload is bound to; {@code null} when the method does not take it. */
  Type payloadType() {
    int at = Arrays.asList(kinds).indexOf(Kind.PAYLOAD);
    return at < 0 ? null : method.getGenericParameterTypes()[at];
  }

  /**
   * Calls it. What it throws comes as it was thrown.
   *
   * @return the state from now on
   */
  Object call(Object target, Object payload, Message message, Object state, WorkerContext context)
      throws Exception {
    Object[] arguments = new Object[kinds.length];
    for (int i = 0; i < kinds.length; i++) {
      arguments[i] =
          switch (kinds[i]) {
            case PAYLOAD -> payload;
            case MESSAGE -> message;
            case CONTEXT -> context;
            case STATE -> state;
          };
    }
    Object answer;
    try {
      answer = method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (Exception) e.getCause();
    }
    if (!answersState) {
      return state;
    }
    if (answer == null) {
      throw new IllegalStateException(
          shown(method) + " answered with null: the state stays as it was.");
    }
    return answer;
  }

  /** {@code com.example.Audit.created(Post, Message)}. */
  @Override
  public String toString() {
    return shown(method);
  }

  static String shown(Method method) {
    return method.getDeclaringClass().getName()
        + Arrays.stream(method.getParameterTypes())
            .map(Class::getSimpleName)
            .collect(Collectors.joining(", ", "." + method.getName() + "(", ")"));
  }

  private static Kind kind(Class<?> type, Class<?> state) {
    if (type == Message.class) {
      return Kind.MESSAGE;
    }
    if (type == WorkerContext.class) {
      return Kind.CONTEXT;
    }
    return type == state ? Kind.STATE : Kind.PAYLOAD;
  }

  private static String twice(Kind kind, Class<?> first, Class<?> second, Class<?> state) {
    if (kind != Kind.PAYLOAD) {
      return "takes " + kind.shown + " twice.";
    }
    return "takes both "
        + first.getSimpleName()
        + " and "
        + second.getSimpleName()
        + ": one payload, the Message, the WorkerContext and "
        + (state == Void.class
            ? "the state are all that there is to take, and @EventWorker names no class as the"
                + " state."
            : "the state, " + state.getSimpleName() + ", are all that there is to take.");
  }
}
