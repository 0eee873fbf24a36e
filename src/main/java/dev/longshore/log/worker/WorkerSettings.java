package dev.longshore.log.worker;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.eclipse.microprofile.config.Config;

/**
 * A worker's policy: what its annotations say, and what {@code longshore.event-worker.NAME.*} says
 * instead.
 */
final class WorkerSettings {

  static final String PREFIX = "longshore.event-worker.";

  private static final Set<String> KNOWN =
      new TreeSet<>(
          Set.of(
              "start",
              "attempts",
              "when-exhausted",
              "when-down",
              "time-limit",
              "max-lag",
              "chunk",
              "every",
              "jitter",
              "periodic-time-limit"));

  private static final Set<String> OF_PERIODIC = Set.of("every", "jitter", "periodic-time-limit");

  private static final Duration LONGEST_LIMIT = Duration.ofMinutes(8);

  private final String worker;
  private final Config config;

  private WorkerSettings(String worker, Config config) {
    this.worker = worker;
    this.config = config;
  }

  /**
   * @param periodic {@code null} when there is no periodic method
   * @param config {@code null} for what is declared alone
   * @throws IllegalArgumentException naming the value that is wrong
   */
  static WorkerPolicy read(EventWorker declared, Periodically periodic, Config config) {
    WorkerSettings settings = new WorkerSettings(declared.name(), config);
    return new WorkerPolicy(
        settings.of("start", declared.start(), WorkerSettings::start),
        settings.of("attempts", declared.attempts() + "", WorkerSettings::fromOne),
        settings.of("when-exhausted", declared.whenExhausted().name(), WhenExhausted::valueOf),
        settings.of("when-down", declared.whenDown().name(), WhenDown::valueOf),
        settings.of("time-limit", declared.timeLimit(), WorkerSettings::limit),
        settings.of("max-lag", declared.maxLag(), WorkerSettings::duration),
        settings.of("chunk", declared.chunk() + "", WorkerSettings::fromOne),
        periodic == null ? null : settings.of("every", periodic.every(), WorkerSettings::duration),
        periodic == null
            ? null
            : settings.of("jitter", periodic.jitter() + "", WorkerSettings::jitter),
        periodic == null
            ? null
            : settings.of("periodic-time-limit", periodic.timeLimit(), WorkerSettings::limit));
  }

  /**
   * Looks at everything that is set for workers. One's name may begin as another's does, so they
   * are looked at together.
   *
   * @throws IllegalStateException naming the class and the setting that is unknown
   */
  static void refuseUnknown(Collection<WorkerDeclaration> workers, Config config) {
    for (String name : config.getPropertyNames()) {
      WorkerDeclaration closest = null;
      boolean known = false;
      for (WorkerDeclaration worker : workers) {
        String setting = setting(worker.name(), name);
        if (setting != null) {
          known |=
              KNOWN.contains(setting) && (worker.isPeriodic() || !OF_PERIODIC.contains(setting));
          closest =
              closest == null || worker.name().length() > closest.name().length()
                  ? worker
                  : closest;
        }
      }
      if (closest != null && !known) {
        Set<String> there = new TreeSet<>(KNOWN);
        if (!closest.isPeriodic()) {
          there.removeAll(OF_PERIODIC);
        }
        throw WorkerDeclaration.fault(
            closest.source(),
            "has the unknown setting " + name + "; there are " + String.join(", ", there) + ".");
      }
    }
  }

  /** What of the worker a property sets, by its own name or as an environment variable. */
  private static String setting(String worker, String property) {
    String own = PREFIX + worker + ".";
    if (property.startsWith(own)) {
      return property.substring(own.length());
    }
    String variable = own.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    return property.startsWith(variable)
        ? property.substring(variable.length()).toLowerCase(Locale.ROOT).replace('_', '-')
        : null;
  }

  private <T> T of(String setting, String declared, Function<String, T> parse) {
    String name = PREFIX + worker + "." + setting;
    String given = config == null ? null : config.getOptionalValue(name, String.class).orElse(null);
    String text = given == null ? declared : given.strip();
    try {
      boolean ofEnum = setting.startsWith("when-");
      return parse.apply(ofEnum ? text.toUpperCase(Locale.ROOT).replace('-', '_') : text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          (given == null ? setting.replace('-', ' ') : name)
              + " '"
              + text
              + "', but "
              + (setting.equals("when-exhausted")
                  ? oneOf(WhenExhausted.values())
                  : setting.equals("when-down") ? oneOf(WhenDown.values()) : e.getMessage()),
          e);
    }
  }

  private static String oneOf(Enum<?>[] values) {
    return "it is one of "
        + String.join(
            ", ",
            Arrays.stream(values)
                .map(v -> v.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .toList());
  }

  private static String start(String text) {
    if (text.equals("beginning") || text.equals("now")) {
      return text;
    }
    try {
      if (Long.parseLong(text) > 0) {
        return text;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException("it is beginning, now or the id of a message");
  }

  private static int fromOne(String text) {
    try {
      int number = Integer.parseInt(text);
      if (number >= 1) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException("it is a whole number from 1");
  }

  private static double jitter(String text) {
    try {
      double jitter = Double.parseDouble(text);
      if (jitter >= 0 && jitter <= 0.5) {
        return jitter;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException("it is a number from 0 to 0.5");
  }

  /** The server ends transactions after ten minutes (liberty/batch.xml). */
  private static Duration limit(String text) {
    Duration limit = duration(text);
    if (limit.compareTo(LONGEST_LIMIT) > 0) {
      throw new IllegalArgumentException(
          "it is at most " + LONGEST_LIMIT + ": what takes longer is a task to submit");
    }
    return limit;
  }

  private static Duration duration(String text) {
    try {
      Duration duration = Duration.parse(text);
      if (!duration.isNegative() && !duration.isZero()) {
        return duration;
      }
    } catch (DateTimeParseException e) {
      // said below
    }
    throw new IllegalArgumentException("it is an ISO 8601 duration such as PT5S");
  }
}
