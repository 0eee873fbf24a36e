package dev.longshore.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.problem.InvalidInput;
import dev.longshore.problem.JsonText;
import dev.longshore.problem.Violation;
import jakarta.json.JsonObject;
import jakarta.json.bind.annotation.JsonbCreator;
import jakarta.json.bind.annotation.JsonbDateFormat;
import jakarta.json.bind.annotation.JsonbProperty;
import jakarta.validation.Valid;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An annotated class runs tasks: what it is given, what becomes of what it answers. */
class AnnotatedHandlerTest {

  private static final Validator VALIDATOR =
      Validation.byDefaultProvider()
          .configure()
          .messageInterpolator(new ParameterMessageInterpolator())
          .buildValidatorFactory()
          .getValidator();

  private static final Payloads PAYLOADS = new Payloads(VALIDATOR);

  public enum Tone {
    WARM,
    COOL
  }

  public record Item(int count, @NotBlank String label) {
    public Item {
      if (count < 0) {
        throw new IllegalArgumentException("count is below 0");
      }
    }
  }

  public record Welcome(
      @NotBlank String email,
      int age,
      Long big,
      Double share,
      boolean html,
      Tone tone,
      LocalDate day,
      @JsonbProperty("sent-by") @Size(max = 5) String sentBy,
      List<@NotBlank String> tags,
      Map<String, @Valid Item> named,
      @Valid List<Item> items,
      Map<String, Integer> counts,
      @Valid Item first) {}

  /** The other ways in which JSON-B writes. */
  public static class Bean {
    public int plain;
    private int set;

    @JsonbDateFormat("dd.MM.yyyy")
    private LocalDate day;

    public int getSet() {
      return set;
    }

    public void setSet(int set) {
      this.set = set;
    }

    public LocalDate getDay() {
      return day;
    }

    public void setDay(LocalDate day) {
      this.day = day;
    }
  }

  public static class Created {
    @Max(9)
    private final int n;

    @JsonbCreator
    public Created(@JsonbProperty("number") int number) {
      this.n = number;
    }

    public int getN() {
      return n;
    }
  }

  @Handler(
      name = "all.of-it",
      lane = Lane.LONG,
      queue = "mail",
      priority = 7,
      maxAttempts = 2,
      timeLimit = "PT30S",
      backoff = "PT2S",
      backoffFactor = 3,
      backoffCap = "PT1M")
  static class Policy {
    void run() {}
  }

  @Handler(name = "plain")
  static class Plain {
    Welcome got;
    TaskContext task;

    protected Outcome run(TaskContext task, @NotNull Welcome welcome) {
      this.got = welcome;
      this.task = task;
      return Outcome.retry("again");
    }
  }

  @Handler(name = "nothing")
  static class Nothing {
    int calls;

    void run() {
      calls++;
    }
  }

  @Handler(name = "raw")
  static class Raw {
    JsonObject run(JsonObject payload) {
      return payload;
    }
  }

  @Handler(name = "any")
  static class Any {
    Object answer;

    Object run() throws Exception {
      if (answer instanceof Exception e) {
        throw e;
      }
      return answer;
    }
  }

  @Handler(name = "beans")
  static class Beans {
    void run(Bean bean) {}
  }

  @Handler(name = "created")
  static class Creates {
    Created run(Created created) {
      return created;
    }
  }

  @Handler(name = "map")
  static class Maps {
    Map<String, Item> run(Map<String, Item> items) {
      return items;
    }
  }

  @Test
  void thePolicyIsTheAnnotations() {
    assertThat(of(new Policy()).type())
        .isEqualTo(
            TaskType.handler("all.of-it")
                .withQueue("mail")
                .withMaxAttempts(2)
                .withTimeLimit(Duration.ofSeconds(30))
                .withBackoff(new Backoff(Duration.ofSeconds(2), 3, Duration.ofMinutes(1), 0.1))
                .withPriority(7));
  }

  @Test
  void withoutWordsItIsTheQuickLaneAndTheDefaults() {
    assertThat(of(new Nothing()).type())
        .isEqualTo(TaskType.handler("nothing").withLane(Lane.QUICK));
  }

  @Test
  void theMethodGetsThePayloadAndTheContextInItsOwnOrder() throws Exception {
    Plain plain = new Plain();
    TaskContext task =
        task("{'email':'a@b','age':3,'tone':'COOL','day':'2030-01-31','sent-by':'me'}");
    assertThat(of(plain).run(task)).isEqualTo(Outcome.retry("again"));
    assertThat(plain.task).isSameAs(task);
    assertThat(plain.got)
        .isEqualTo(
            new Welcome(
                "a@b",
                3,
                null,
                null,
                false,
                Tone.COOL,
                LocalDate.of(2030, 1, 31),
                "me",
                null,
                null,
                null,
                null,
                null));
  }

  @Test
  void aMethodThatTakesNothingAndAnswersNothingSucceeds() throws Exception {
    Nothing nothing = new Nothing();
    assertThat(of(nothing).run(task("{'whatever':1}"))).isEqualTo(Outcome.succeeded());
    assertThat(nothing.calls).isEqualTo(1);
  }

  @Test
  void theRawPayloadIsPassedOnAsItIs() throws Exception {
    TaskContext task = task("{'a':1.50}");
    assertThat(of(new Raw()).run(task)).isEqualTo(Outcome.succeeded(task.payload()));
  }

  @Test
  void anObjectBecomesTheResult() throws Exception {
    assertThat(answer(new Item(2, "two"))).isEqualTo(succeeded("{'count':2,'label':'two'}"));
    assertThat(answer(Map.of("a", 1))).isEqualTo(succeeded("{'a':1}"));
    assertThat(answer(null)).isEqualTo(Outcome.succeeded());
    assertThat(answer(Outcome.failed("no"))).isEqualTo(Outcome.failed("no"));
    assertThat(of(new Maps()).run(task("{'x':{'count':1,'label':'one'}}")))
        .isEqualTo(succeeded("{'x':{'count':1,'label':'one'}}"));
  }

  @Test
  void anObjectThatIsNoJsonObjectIsAnErrorThatNamesTheMethod() {
    assertThatThrownBy(() -> answer(List.of(1)))
        .hasMessageContaining("Any.run() answered with a java.util.")
        .hasMessageContaining("no result to keep");
  }

  @Test
  void whatTheMethodThrowsComesAsItIs() {
    IOException thrown = new IOException("away");
    assertThatThrownBy(() -> answer(thrown)).isSameAs(thrown);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'email':''} | payload.email | must not be blank.",
        "{} | payload.email | must not be blank.",
        "{'email':3} | payload.email | must be a string, not a number.",
        "{'email':{}} | payload.email | must be a string, not an object.",
        "{'age':'x'} | payload.age | must be a whole number, not a string.",
        "{'age':5.5} | payload.age | must be a whole number.",
        "{'age':5000000000} | payload.age | must be from -2147483648 to 2147483647.",
        "{'age':null} | payload.age | must not be null; leave it out for its default.",
        "{'age':[1]} | payload.age | must be a whole number, not an array.",
        "{'big':9223372036854775808} | payload.big | must be from -9223372036854775808 to 9223372036854775807.",
        "{'share':true} | payload.share | must be a number, not a boolean.",
        "{'html':'x'} | payload.html | must be true or false, not a string.",
        "{'tone':'HOT'} | payload.tone | must be WARM or COOL.",
        "{'day':'tomorrow'} | payload.day | cannot be read as LocalDate.",
        "{'day':{}} | payload.day | cannot be read as LocalDate.",
        "{'sent-by':1} | payload.sent-by | must be a string, not a number.",
        "{'items':{}} | payload.items | must be an array, not an object.",
        "{'items':[{'count':1},{'count':'q'}]} | payload.items[1].count | must be a whole number, not a string.",
        "{'email':'a','items':[{'label':'x'},{'count':1}]} | payload.items[1].label | must not be blank.",
        "{'sent-by':'somebody'} | payload.sent-by | size must be between 0 and 5.",
        "{'tags':['a','']} | payload.tags[1] | must not be blank.",
        "{'named':{'x':{'label':''}}} | payload.named.x.label | must not be blank.",
        "{'counts':{'k':'v'}} | payload.counts.k | must be a whole number, not a string.",
        "{'first':{'count':-1}} | payload.first | is refused: count is below 0.",
      })
  void whatDoesNotFitIsSaidOfItsField(String payload, String field, String message) {
    assertRefused(new Plain(), payload, field, message);
  }

  @Test
  void settersFieldsAndCreatorsAreLookedAtLikeRecords() {
    assertRefused(
        new Beans(), "{'plain':'x'}", "payload.plain", "must be a whole number, not a string.");
    assertRefused(new Beans(), "{'set':1.5}", "payload.set", "must be a whole number.");
    assertRefused(new Beans(), "{'day':'31/01'}", "payload.day", "cannot be read as LocalDate.");
    assertRefused(
        new Creates(), "{'number':'x'}", "payload.number", "must be a whole number, not a string.");
    assertRefused(new Creates(), "{'number':10}", "payload.n", "must be less than or equal to 9.");
    assertRefused(new Maps(), "{'x':1}", "payload.x", "must be an object, not a number.");
    of(new Beans()).check(json("{'plain':1,'set':2,'day':'31.01.2030','unknown':[]}"));
    of(new Creates()).check(json("{'number':9}"));
  }

  @Test
  void allThatIsWrongIsSaidAtOnce() {
    assertThatThrownBy(() -> of(new Plain()).check(json("{'age':'x','html':1,'tone':2}")))
        .isInstanceOfSatisfying(
            InvalidInput.class,
            e ->
                assertThat(e.violations())
                    .extracting(Violation::field)
                    .containsExactly("payload.age", "payload.html", "payload.tone"));
  }

  @Test
  void aTaskThatCameUncheckedFailsAtOnceWithTheFieldNamed() throws Exception {
    Plain plain = new Plain();
    assertThat(of(plain).run(task("{'email':''}")))
        .isEqualTo(
            Outcome.failed(
                "The payload does not fit task type plain: payload.email must not be blank."));
    assertThat(plain.got).isNull();
  }

  @Test
  void theLogSaysWhoRunsItAndWhatItTakes() {
    assertThat(of(new Plain()))
        .hasToString(
            Plain.class.getName()
                + ".run(TaskContext, Welcome), payload "
                + Welcome.class.getName());
  }

  private static void assertRefused(Object target, String payload, String field, String message) {
    assertThatThrownBy(() -> of(target).check(json(payload)))
        .isInstanceOfSatisfying(
            InvalidInput.class,
            e -> assertThat(e.violations()).contains(new Violation(field, message)));
  }

  private static Outcome answer(Object answer) throws Exception {
    Any any = new Any();
    any.answer = answer;
    return of(any).run(task("{}"));
  }

  private static Outcome succeeded(String result) {
    return Outcome.succeeded(json(result));
  }

  private static AnnotatedHandler of(Object target) {
    return AnnotatedHandler.of(target.getClass(), target, PAYLOADS);
  }

  private static JsonObject json(String text) {
    return JsonText.object(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private static TaskContext task(String payload) {
    return new Given(1, null, json(payload), 1, 1, "worker", false);
  }

  private record Given(
      long id,
      TaskType type,
      JsonObject payload,
      int attempt,
      long claim,
      String worker,
      boolean stopRequested)
      implements TaskContext {
    @Override
    public void progress(String step, long done, long total) {}
  }
}
