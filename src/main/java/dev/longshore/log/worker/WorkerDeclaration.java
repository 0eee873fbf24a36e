package dev.longshore.log.worker;

import dev.longshore.log.Message;
import dev.longshore.log.MessageRules;
import dev.longshore.problem.InvalidInput;
import dev.longshore.task.Payloads;
import jakarta.json.JsonObject;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.Config;

/**
 * What a class with {@link EventWorker} declares, and its methods to call. The platform and the
 * test kit both run workers through it.
 */
public final class WorkerDeclaration {

  private static final Pattern NAME = Pattern.compile("[a-z0-9]+([._-][a-z0-9]+)*");

  private final Class<?> declaring;
  private final EventWorker worker;
  private final String name;
  private final WorkerPolicy policy;
  private final SortedMap<String, WorkerMethod> handlers;
  private final WorkerMethod periodic;

  private WorkerDeclaration(
      Class<?> declaring,
      EventWorker worker,
      String name,
      WorkerPolicy policy,
      SortedMap<String, WorkerMethod> handlers,
      WorkerMethod periodic) {
    this.declaring = declaring;
    this.worker = worker;
    this.name = name;
    this.policy = policy;
    this.handlers = handlers;
    this.periodic = periodic;
  }

  /**
   * Reads a class's declaration.
   *
   * @param config where settings may stand; {@code null} for what the annotations say
   * @throws IllegalStateException naming the class, its method and what is wrong with it
   */
  public static WorkerDeclaration of(Class<?> declaring, Config config) {
    EventWorker worker = declaring.getAnnotation(EventWorker.class);
    if (worker == null) {
      throw fault(declaring.getName(), "has no @EventWorker.");
    }
    if (declaring.isInterface() || Modifier.isAbstract(declaring.getModifiers())) {
      throw fault(
          declaring.getName(),
          "is abstract and has @EventWorker: put the annotation on the class that is to run.");
    }
    if (!NAME.matcher(worker.name()).matches()) {
      throw fault(
          declaring.getName(),
          "has a wrong @EventWorker: name '"
              + worker.name()
              + "', but lower-case words joined by dots, dashes or underscores are expected.");
    }
    if (worker.description().isBlank()) {
      throw fault(declaring.getName(), "has an @EventWorker without a description.");
    }
    String wrongState = worker.state() == Void.class ? null : Payloads.wrong(worker.state());
    if (wrongState != null) {
      throw fault(
          declaring.getName(),
          "has " + worker.state().getSimpleName() + " as its state, which " + wrongState);
    }
    List<Method> methods =
        Arrays.stream(declaring.getDeclaredMethods())
            .filter(m -> !m.isSynthetic())
            .sorted(Comparator.comparing(WorkerMethod::shown))
            .toList();
    SortedMap<String, WorkerMethod> handlers = handlers(methods, worker.state());
    Method tick = periodic(methods);
    if (handlers.isEmpty() && tick == null) {
      throw fault(
          declaring.getName(),
          "has neither a method with @OnMessage nor one with @Periodically: there is nothing to"
              + " run.");
    }
    try {
      return new WorkerDeclaration(
          declaring,
          worker,
          worker.name(),
          WorkerSettings.read(
              worker, tick == null ? null : tick.getAnnotation(Periodically.class), config),
          handlers,
          tick == null ? null : WorkerMethod.of(tick, worker.state(), true));
    } catch (IllegalArgumentException e) {
      throw fault(declaring.getName(), "has " + e.getMessage() + ".");
    }
  }

  /** The same worker under other names, for an {@link EventWorkerSource} that brings several. */
  public WorkerDeclaration renamed(String other, UnaryOperator<String> messages) {
    SortedMap<String, WorkerMethod> moved = new TreeMap<>();
    handlers.forEach((message, handler) -> moved.put(messages.apply(message), handler));
    return new WorkerDeclaration(declaring, worker, other, policy, moved, periodic);
  }

  public String name() {
    return name;
  }

  public String description() {
    return worker.description();
  }

  /** The class, for people. */
  public String source() {
    return declaring.getName();
  }

  public Class<?> declaring() {
    return declaring;
  }

  public WorkerPolicy policy() {
    return policy;
  }

  /** The names that it has handlers for. */
  public SortedSet<String> messages() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(handlers.keySet()));
  }

  public boolean isPeriodic() {
    return periodic != null;
  }

  public boolean hasState() {
    return worker.state() != Void.class;
  }

  /**
   * Calls the handler of a message.
   *
   * @param target the worker's instance
   * @param state its state, {@code null} when it has none
   * @return the state from now on
   * @throws SetAside when the payload does not fit, without a call
   */
  public Object handle(
      Object target, Message message, Object state, WorkerContext context, Payloads payloads)
      throws Exception {
    WorkerMethod method = handlers.get(message.name());
    if (method == null) {
      throw new SetAside("Worker " + name() + " has no handler for " + message.name() + ".");
    }
    Object payload = null;
    if (method.payloadType() != null) {
      try {
        payload = payloads.read(message.payload(), method.payloadType());
      } catch (InvalidInput e) {
        throw new Unfit("The payload does not fit " + method + ": " + e.getMessage(), e);
      }
    }
    return method.call(target, payload, message, state, context);
  }

  /**
   * Calls the periodic method.
   *
   * @return the state from now on
   */
  public Object runPeriodically(Object target, Object state, WorkerContext context)
      throws Exception {
    return periodic.call(target, null, null, state, context);
  }

  /**
   * Makes the state of its JSON.
   *
   * @param json {@code null} for the first state
   * @return {@code null} when the worker has no state
   * @throws IllegalStateException when it does not fit the class any more
   */
  public Object readState(JsonObject json, Payloads payloads) {
    if (!hasState()) {
      return null;
    }
    try {
      return payloads.read(json == null ? JsonObject.EMPTY_JSON_OBJECT : json, worker.state());
    } catch (InvalidInput e) {
      throw new IllegalStateException(
          "The state of worker "
              + name()
              + " does not fit "
              + worker.state().getName()
              + ": "
              + e.getMessage().replace("payload", "state"),
          e);
    }
  }

  /** The state's JSON; {@code null} when the worker has none. */
  public JsonObject writeState(Object state, Payloads payloads) {
    return hasState() ? payloads.write(state).orElseThrow() : null;
  }

  /** A fault in a declaration. */
  static IllegalStateException fault(String where, String what) {
    return new IllegalStateException(where + " " + what + " Nothing can run until that is right.");
  }

  private static SortedMap<String, WorkerMethod> handlers(List<Method> methods, Class<?> state) {
    SortedMap<String, WorkerMethod> handlers = new TreeMap<>();
    for (Method method : methods) {
      OnMessage on = method.getAnnotation(OnMessage.class);
      if (on == null) {
        continue;
      }
      if (on.value().length == 0) {
        throw fault(WorkerMethod.shown(method), "has an @OnMessage without a name.");
      }
      WorkerMethod handler = WorkerMethod.of(method, state, false);
      for (String name : on.value()) {
        String wrong = MessageRules.wrongName(name);
        if (wrong != null) {
          throw fault(
              handler.toString(), "has a wrong @OnMessage: the name '" + name + "' " + wrong);
        }
        WorkerMethod other = handlers.putIfAbsent(name, handler);
        if (other != null) {
          throw fault(
              other.toString(), "and " + handler + " both handle '" + name + "': one of them may.");
        }
      }
    }
    return handlers;
  }

  private static Method periodic(List<Method> methods) {
    List<Method> found =
        methods.stream().filter(m -> m.isAnnotationPresent(Periodically.class)).toList();
    if (found.size() > 1) {
      throw fault(
          WorkerMethod.shown(found.get(0)),
          "and "
              + WorkerMethod.shown(found.get(1))
              + " both have @Periodically: a worker has one such method.");
    }
    return found.isEmpty() ? null : found.get(0);
  }
}
