package dev.longshore.test;

import dev.longshore.task.Payloads;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import jakarta.validation.Validation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.Config;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;

/** What stands for the platform around a class under test. */
final class TestServices {

  private static final Payloads PAYLOADS =
      new Payloads(
          Validation.byDefaultProvider()
              .configure()
              // The default one needs an implementation of the expression language.
              .messageInterpolator(new ParameterMessageInterpolator())
              .buildValidatorFactory()
              .getValidator());

  private final TestClock clock = new TestClock();
  private final TestLog log = new TestLog(clock, PAYLOADS);
  private final TestSubmit submit = new TestSubmit();
  private final List<Object> given = new ArrayList<>();
  private final Map<String, String> settings = new HashMap<>();

  void with(Object... collaborators) {
    given.addAll(Arrays.asList(collaborators));
  }

  void setting(String name, String value) {
    settings.put(name, value);
  }

  Config config() {
    return new SmallRyeConfigBuilder()
        .withSources(new PropertiesConfigSource(settings, "test", 400))
        .build();
  }

  /** What the test gave goes before what the kit has. */
  <T> T make(Class<T> type, Object... more) {
    List<Object> all = new ArrayList<>(given);
    all.addAll(Arrays.asList(more));
    all.addAll(List.of(log, submit, clock, PAYLOADS, config()));
    return new Wiring(all, config()).make(type);
  }

  TestClock clock() {
    return clock;
  }

  TestLog log() {
    return log;
  }

  TestSubmit submit() {
    return submit;
  }

  Payloads payloads() {
    return PAYLOADS;
  }
}
