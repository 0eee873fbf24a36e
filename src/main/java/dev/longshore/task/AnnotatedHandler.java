package dev.longshore.task;

import dev.longshore.problem.InvalidInput;
import jakarta.json.JsonObject;
import java.lang.reflect.Type;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Optional;

/** A class with {@link Handler} as the engine sees it: one more {@link TaskHandler}. */
final class AnnotatedHandler implements TaskHandler {

  private final TaskType type;
  private final HandlerMethod method;
  private final Object target;
  private final Payloads payloads;

  private AnnotatedHandler(TaskType type, HandlerMethod method, Object target, Payloads payloads) {
    this.type = type;
    this.method = method;
    this.target = target;
    this.payloads = payloads;
  }

  /**
   * Reads a class's declaration.
   *
   * @param target what its method is called on
   * @throws IllegalStateException naming the class and what is wrong with its declaration
   */
  static AnnotatedHandler of(Class<?> declaring, Object target, Payloads payloads) {
    return new AnnotatedHandler(type(declaring), HandlerMethod.of(declaring), target, payloads);
  }

  @Override
  public TaskType type() {
    return type;
  }

  @Override
  public void check(JsonObject payload) {
    payload(payload);
  }

  @Override
  public Outcome run(TaskContext task) throws Exception {
    Object payload;
    try {
      payload = payload(task.payload());
    } catch (InvalidInput e) {
      return Outcome.failed(
          "The payload does not fit task type " + type.name() + ": " + e.getMessage());
    }
    Object answer = method.call(target, payload, task);
    if (answer instanceof Outcome outcome) {
      return outcome;
    }
    return answer == null ? Outcome.succeeded() : Outcome.succeeded(result(answer));
  }

  /** What the start-up log says of it. */
  @Override
  public String toString() {
    Type payload = method.payloadType();
    if (payload == null) {
      return method + ", payload not read";
    }
    return method
        + ", payload "
        + (payload == JsonObject.class ? "as it is" : payload.getTypeName());
  }

  private Object payload(JsonObject payload) {
    return method.payloadType() == null ? null : payloads.read(payload, method.payloadType());
  }

  private JsonObject result(Object answer) {
    return payloads
        .write(answer)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    method
                        + " answered with a "
                        + answer.getClass().getName()
                        + ", which JSON-B does not turn into a JSON object: there is no result to"
                        + " keep."));
  }

  private static TaskType type(Class<?> declaring) {
    Handler policy = declaring.getAnnotation(Handler.class);
    try {
      String queue = NewTaskRules.wrongQueue(policy.queue());
      if (queue != null) {
        throw new IllegalArgumentException("queue '" + policy.queue() + "' " + queue);
      }
      return new TaskType(
          policy.name(),
          policy.lane(),
          false,
          policy.queue(),
          policy.priority(),
          policy.maxAttempts(),
          new Backoff(
              duration("backoff", policy.backoff()),
              policy.backoffFactor(),
              duration("backoffCap", policy.backoffCap()),
              Backoff.DEFAULT.jitter()),
          timeLimit(policy.timeLimit()),
          new Limits(
              limit(policy.limit()),
              limit(policy.keyLimit()),
              rate("rate", policy.rate()),
              rate("keyRate", policy.keyRate())));
    } catch (IllegalArgumentException e) {
      String what = e.getMessage();
      throw HandlerMethod.fault(
          declaring.getName(), "has a wrong @Handler: " + what + (what.endsWith(".") ? "" : "."));
    }
  }

  private static Optional<Duration> timeLimit(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Duration limit = duration("timeLimit", text);
    if (limit.toMillis() < 1) {
      throw new IllegalArgumentException("timeLimit '" + text + "' leaves no time to run");
    }
    return Optional.of(limit);
  }

  private static Integer limit(int limit) {
    return limit == 0 ? null : Integer.valueOf(limit);
  }

  private static Rate rate(String what, String text) {
    try {
      return text.isEmpty() ? null : Rate.of(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(what + " '" + text + "' " + e.getMessage(), e);
    }
  }

  private static Duration duration(String what, String text) {
    try {
      return Duration.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          what
              + " '"
              + text
              + "' is no ISO 8601 duration, such as PT30S for 30 seconds or PT5M for 5 minutes",
          e);
    }
  }
}
