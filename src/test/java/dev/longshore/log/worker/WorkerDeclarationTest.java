package dev.longshore.log.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.log.Message;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigValue;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.eclipse.microprofile.config.spi.Converter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A fault in a worker's declaration is said of the class and the method. */
class WorkerDeclarationTest {

  public record Payload(String text) {}

  public record State(int n) {}

  @EventWorker(name = "right", description = "Right.", state = State.class)
  static class Right {
    @OnMessage({"a/one", "a/two"})
    State all(WorkerContext context, State state, Payload payload, Message message) {
      return state;
    }

    @OnMessage("a/three")
    void none() {}

    @Periodically(every = "PT1M")
    void tick(State state, WorkerContext context) {}

    void helps() {}
  }

  @EventWorker(name = "two", description = "x")
  static class TwoHandlers {
    @OnMessage("a/b")
    void one() {}

    @OnMessage({"c", "a/b"})
    void two(Payload payload) {}
  }

  @EventWorker(name = "private", description = "x")
  static class PrivateHandler {
    @OnMessage("a/b")
    private void one() {}
  }

  @EventWorker(name = "static", description = "x")
  static class StaticHandler {
    @OnMessage("a/b")
    static void one() {}
  }

  @EventWorker(name = "payloads", description = "x")
  static class TwoPayloads {
    @OnMessage("a/b")
    void one(Payload payload, State state) {}
  }

  @EventWorker(name = "text", description = "x")
  static class TextPayload {
    @OnMessage("a/b")
    void one(String payload) {}
  }

  @EventWorker(name = "answers", description = "x", state = State.class)
  static class Answers {
    @OnMessage("a/b")
    String one() {
      return "";
    }
  }

  @EventWorker(name = "nothing", description = "x")
  static class Nothing {}

  @EventWorker(name = "Bad Name", description = "x")
  static class BadName {
    @OnMessage("a/b")
    void one() {}
  }

  @EventWorker(name = "undescribed", description = " ")
  static class Undescribed {
    @OnMessage("a/b")
    void one() {}
  }

  @EventWorker(name = "path", description = "x")
  static class BadPath {
    @OnMessage("/a//b")
    void one() {}
  }

  @EventWorker(name = "periodic", description = "x")
  static class PeriodicWithMessage {
    @Periodically(every = "PT1M")
    void one(Message message) {}
  }

  @EventWorker(name = "periodics", description = "x")
  static class TwoPeriodic {
    @Periodically(every = "PT1M")
    void one() {}

    @Periodically(every = "PT1M")
    void two() {}
  }

  @EventWorker(name = "duration", description = "x", timeLimit = "5 seconds")
  static class BadDuration {
    @OnMessage("a/b")
    void one() {}
  }

  @EventWorker(name = "long", description = "x", timeLimit = "PT1H")
  static class TooLong {
    @OnMessage("a/b")
    void one() {}
  }

  @EventWorker(name = "start", description = "x", start = "yesterday")
  static class BadStart {
    @OnMessage("a/b")
    void one() {}
  }

  @EventWorker(name = "state", description = "x", state = List.class)
  static class BadState {
    @OnMessage("a/b")
    void one() {}
  }

  @EventWorker(name = "abstract", description = "x")
  abstract static class Abstract {
    @OnMessage("a/b")
    void one() {}
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of(
            TwoHandlers.class,
            "TwoHandlers.one() and",
            "TwoHandlers.two(Payload) both handle 'a/b'"),
        Arguments.of(PrivateHandler.class, "PrivateHandler.one()", "is private"),
        Arguments.of(StaticHandler.class, "StaticHandler.one()", "is static"),
        Arguments.of(TwoPayloads.class, "one(Payload, State)", "names no class as the state"),
        Arguments.of(TextPayload.class, "one(String)", "takes String as its payload"),
        Arguments.of(Answers.class, "Answers.one()", "answers with String"),
        Arguments.of(Nothing.class, "Nothing", "there is nothing to run"),
        Arguments.of(BadName.class, "BadName", "name 'Bad Name'"),
        Arguments.of(Undescribed.class, "Undescribed", "without a description"),
        Arguments.of(BadPath.class, "BadPath.one()", "the name '/a//b' must be a path"),
        Arguments.of(PeriodicWithMessage.class, "one(Message)", "a periodic run has no message"),
        Arguments.of(TwoPeriodic.class, "TwoPeriodic.one() and", "both have @Periodically"),
        Arguments.of(
            BadDuration.class, "BadDuration", "time limit '5 seconds', but it is an ISO 8601"),
        Arguments.of(TooLong.class, "TooLong", "time limit 'PT1H', but it is at most PT8M"),
        Arguments.of(BadStart.class, "BadStart", "start 'yesterday', but it is beginning, now"),
        Arguments.of(BadState.class, "BadState", "has List as its state"),
        Arguments.of(Abstract.class, "Abstract", "is abstract"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aFaultNamesTheClassTheMethodAndWhatIsWrong(Class<?> worker, String where, String what) {
    assertThatThrownBy(() -> WorkerDeclaration.of(worker, null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(where)
        .hasMessageContaining(what)
        .hasMessageEndingWith("Nothing can run until that is right.");
  }

  @Test
  void aMethodTakesWhatItLikesInAnyOrder() {
    WorkerDeclaration worker = WorkerDeclaration.of(Right.class, null);
    assertThat(worker.messages()).containsExactly("a/one", "a/three", "a/two");
    assertThat(worker.isPeriodic()).isTrue();
    assertThat(worker.policy().timeLimit()).isEqualTo(Duration.ofSeconds(5));
    assertThat(worker.policy().periodicTimeLimit()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void aSettingStandsInForTheAnnotation() {
    WorkerPolicy policy =
        WorkerDeclaration.of(
                Right.class,
                new Given(
                    Map.of(
                        "longshore.event-worker.right.time-limit", "PT7S",
                        "longshore.event-worker.right.when-exhausted", "halt",
                        "longshore.event-worker.right.every", "PT3S")))
            .policy();
    assertThat(policy.timeLimit()).isEqualTo(Duration.ofSeconds(7));
    assertThat(policy.whenExhausted()).isEqualTo(WhenExhausted.HALT);
    assertThat(policy.every()).isEqualTo(Duration.ofSeconds(3));
    assertThat(policy.attempts()).isEqualTo(5);
  }

  @ParameterizedTest
  @MethodSource("badSettings")
  void aSettingThatIsUnknownOrWrongIsSaid(String name, String value, String what) {
    Given config = new Given(Map.of(name, value));
    assertThatThrownBy(
            () ->
                WorkerSettings.refuseUnknown(
                    List.of(WorkerDeclaration.of(Right.class, config)), config))
        .hasMessageContaining(Right.class.getName())
        .hasMessageContaining(what);
  }

  static Stream<Arguments> badSettings() {
    return Stream.of(
        Arguments.of(
            "longshore.event-worker.right.timelimit",
            "PT1S",
            "the unknown setting longshore.event-worker.right.timelimit"),
        Arguments.of(
            "LONGSHORE_EVENT_WORKER_RIGHT_TIMELIMIT",
            "PT1S",
            "the unknown setting LONGSHORE_EVENT_WORKER_RIGHT_TIMELIMIT"),
        Arguments.of(
            "longshore.event-worker.right.attempts",
            "0",
            "longshore.event-worker.right.attempts '0', but it is a whole number from 1"),
        Arguments.of(
            "longshore.event-worker.right.when-down", "run", "but it is one of wait, skip"));
  }

  @Test
  void aWorkersNameMayBeginAsAnothersDoes() {
    WorkerDeclaration right = WorkerDeclaration.of(Right.class, null);
    List<WorkerDeclaration> both =
        List.of(right, right.renamed("right-mail", name -> name), right.renamed("right.x", n -> n));
    WorkerSettings.refuseUnknown(
        both,
        new Given(
            Map.of(
                "LONGSHORE_EVENT_WORKER_RIGHT_MAIL_ATTEMPTS", "1",
                "longshore.event-worker.right.x.attempts", "1")));
    assertThatThrownBy(
            () ->
                WorkerSettings.refuseUnknown(
                    both, new Given(Map.of("longshore.event-worker.right-mail.atempts", "1"))))
        .hasMessageContaining("longshore.event-worker.right-mail.atempts");
  }

  @Test
  void waitsGrowFromOneToThirtySeconds() {
    assertThat(
            Stream.of(1, 2, 3, 4, 5, 6, 7, 100).map(WorkerPolicy::backoff).map(Duration::toSeconds))
        .containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L, 30L);
  }

  /** A configuration of these values alone. */
  private record Given(Map<String, String> values) implements Config {
    @Override
    public <T> T getValue(String name, Class<T> type) {
      throw new UnsupportedOperationException();
    }

    @Override
    public ConfigValue getConfigValue(String name) {
      throw new UnsupportedOperationException();
    }

    @Override
    public <T> Optional<T> getOptionalValue(String name, Class<T> type) {
      return Optional.ofNullable(values.get(name)).map(type::cast);
    }

    @Override
    public Iterable<String> getPropertyNames() {
      return values.keySet();
    }

    @Override
    public Iterable<ConfigSource> getConfigSources() {
      return List.of();
    }

    @Override
    public <T> Optional<Converter<T>> getConverter(Class<T> type) {
      return Optional.empty();
    }

    @Override
    public <T> T unwrap(Class<T> type) {
      throw new UnsupportedOperationException();
    }
  }
}
