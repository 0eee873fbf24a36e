package dev.longshore.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.annotation.PostConstruct;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong with a declaration is said of the class and the method, at start-up. */
class HandlerFaultsTest {

  public record Fit(String name) {}

  public class Inner {}

  public abstract static class Abstract {}

  public static class Unmakeable {
    public Unmakeable(String name) {}
  }

  record Hidden(String name) {}

  public record Ambiguous(String name) {
    public Ambiguous() {
      this("nobody");
    }
  }

  public record Outer(List<Hidden> items) {}

  public enum Color {
    RED
  }

  record Idle(TaskType type) implements TaskHandler {
    @Override
    public Outcome run(TaskContext task) {
      return Outcome.succeeded();
    }
  }

  @Handler(name = "fault")
  abstract static class AbstractClass {
    void run() {}
  }

  @Handler(name = "fault")
  static class NoMethod {
    private void mine() {}

    static void everybodys() {}

    @PostConstruct
    void start() {}

    @Inject
    void set(Fit fit) {}

    void observe(@Observes Fit fit) {}

    @Override
    public String toString() {
      return "";
    }
  }

  @Handler(name = "fault")
  static class TwoMethods {
    void send(Fit fit) {}

    void check() {}
  }

  @Handler(name = "fault")
  static class AlsoInterface implements Pipeline {
    @Override
    public TaskType type() {
      return TaskType.pipeline("fault");
    }
  }

  @Handler(name = "fault")
  static class TwoPayloads {
    void send(Fit fit, TaskContext task, JsonObject other) {}
  }

  @Handler(name = "fault")
  static class TwoContexts {
    void send(TaskContext task, TaskContext other) {}
  }

  @Handler(name = "fault")
  static class TextPayload {
    void send(String text) {}
  }

  @Handler(name = "fault")
  static class NumberPayload {
    void send(int number) {}
  }

  @Handler(name = "fault")
  static class EnumPayload {
    void send(Color color) {}
  }

  @Handler(name = "fault")
  static class ListPayload {
    void send(List<Fit> fits) {}
  }

  @Handler(name = "fault")
  static class MapByNumber {
    void send(Map<Integer, Fit> fits) {}
  }

  @Handler(name = "fault")
  static class InnerPayload {
    void send(Inner inner) {}
  }

  @Handler(name = "fault")
  static class AbstractPayload {
    void send(Abstract payload) {}
  }

  @Handler(name = "fault")
  static class UnmakeablePayload {
    void send(Unmakeable payload) {}
  }

  @Handler(name = "fault")
  static class HiddenPayload {
    void send(Hidden payload) {}
  }

  @Handler(name = "fault")
  static class AmbiguousPayload {
    void send(Ambiguous payload) {}
  }

  @Handler(name = "fault")
  static class HiddenInside {
    void send(Outer payload) {}
  }

  @Handler(name = "fault")
  static class HiddenResult {
    Hidden send() {
      return null;
    }
  }

  @Handler(name = "fault")
  static class TextResult {
    String send() {
      return "";
    }
  }

  @Handler(name = "fault")
  static class LaterResult {
    CompletableFuture<Fit> send() {
      return null;
    }
  }

  @Handler(name = "Send Welcome")
  static class BadName {
    void send() {}
  }

  @Handler(name = "fault", priority = 10)
  static class BadPriority {
    void send() {}
  }

  @Handler(name = "fault", maxAttempts = 0)
  static class BadAttempts {
    void send() {}
  }

  @Handler(name = "fault", queue = "a queue")
  static class BadQueue {
    void send() {}
  }

  @Handler(name = "fault", timeLimit = "30s")
  static class BadTimeLimit {
    void send() {}
  }

  @Handler(name = "fault", timeLimit = "PT-1S")
  static class NegativeTimeLimit {
    void send() {}
  }

  @Handler(name = "fault", backoff = "soon")
  static class BadBackoff {
    void send() {}
  }

  @Handler(name = "fault", backoffFactor = 0.5)
  static class BadFactor {
    void send() {}
  }

  @Handler(name = "fault", backoffCap = "an hour")
  static class BadCap {
    void send() {}
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of(AbstractClass.class, "is abstract"),
        Arguments.of(NoMethod.class, "has no method that runs a task"),
        Arguments.of(NoMethod.class, "exactly one that is neither private nor static"),
        Arguments.of(
            TwoMethods.class, "more than one method that could run a task: check(), send(Fit)"),
        Arguments.of(TwoMethods.class, "Make all but one of them private or static"),
        Arguments.of(AlsoInterface.class, "is a TaskHandler or Pipeline as well"),
        Arguments.of(
            TwoPayloads.class, ".send(Fit, TaskContext, JsonObject) takes both Fit and JsonObject"),
        Arguments.of(TwoContexts.class, "takes both TaskContext and TaskContext"),
        Arguments.of(
            TextPayload.class, ".send(String) takes String, which no JSON object binds to"),
        Arguments.of(NumberPayload.class, ".send(int) takes int, which no JSON object binds to"),
        Arguments.of(EnumPayload.class, "takes Color, which no JSON object binds to"),
        Arguments.of(ListPayload.class, "takes List, which no JSON object binds to"),
        Arguments.of(MapByNumber.class, "takes Map, which no JSON object binds to"),
        Arguments.of(InnerPayload.class, "takes Inner, which is an inner class"),
        Arguments.of(AbstractPayload.class, "takes Abstract, which is abstract"),
        Arguments.of(UnmakeablePayload.class, "takes Unmakeable, which JSON-B cannot make"),
        Arguments.of(HiddenPayload.class, "takes Hidden, which is not public"),
        Arguments.of(AmbiguousPayload.class, "takes Ambiguous, which JSON-B cannot make"),
        Arguments.of(
            HiddenInside.class, "takes Outer, which has 'items' of Hidden, which is not public"),
        Arguments.of(HiddenResult.class, ".send() answers with Hidden, which is not public"),
        Arguments.of(TextResult.class, ".send() answers with String, which is no JSON object"),
        Arguments.of(LaterResult.class, ".send() answers with a CompletableFuture"),
        Arguments.of(BadName.class, "'Send Welcome' is no name for a task type"),
        Arguments.of(BadPriority.class, "priority 10 is outside 0 to 9"),
        Arguments.of(BadAttempts.class, "maxAttempts 0 is below 1"),
        Arguments.of(BadQueue.class, "queue 'a queue' must be"),
        Arguments.of(BadTimeLimit.class, "timeLimit '30s' is no ISO 8601 duration, such as PT30S"),
        Arguments.of(NegativeTimeLimit.class, "timeLimit 'PT-1S' leaves no time to run"),
        Arguments.of(BadBackoff.class, "backoff 'soon' is no ISO 8601 duration"),
        Arguments.of(BadFactor.class, "a factor of 1 or more"),
        Arguments.of(BadCap.class, "backoffCap 'an hour' is no ISO 8601 duration"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aFaultNamesItsClassAndWhatIsWrong(Class<?> declaring, String what) {
    assertThatThrownBy(() -> AnnotatedHandler.of(declaring, null, null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(declaring.getName())
        .hasMessageContaining(what)
        .hasMessageEndingWith("Nothing can run until that is right.");
  }

  @Test
  void twoClassesForOneNameAreBothNamed() {
    TaskTypes types = new TaskTypes();
    TaskType type = TaskType.handler("welcome.send");
    TaskHandler handler = new Idle(type);
    types.add(type, handler, "com.example.First");
    assertThatThrownBy(() -> types.add(type, handler, "com.example.Second"))
        .hasMessageContaining("'welcome.send'")
        .hasMessageContaining("com.example.First and com.example.Second");
    assertThat(types.sources()).containsEntry("welcome.send", "com.example.First");
  }
}
