package dev.longshore.workload.issue;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The settings {@code longshore.issue.*}; docs/issues.md has the table. */
@ApplicationScoped
class IssueSettings {

  @Inject
  @ConfigProperty(
      name = "longshore.issue.command",
      defaultValue = "uv run cape-adw {id} {description}")
  String command;

  @Inject
  @ConfigProperty(name = "longshore.issue.directory")
  Optional<String> directory;

  @Inject
  @ConfigProperty(
      name = "longshore.issue.environment",
      defaultValue = "PATH,HOME,USER,LOGNAME,SHELL,LANG,LC_ALL,LC_CTYPE,TZ,TMPDIR")
  List<String> environment;

  @Inject
  @ConfigProperty(name = "longshore.issue.time-limit", defaultValue = "PT1H")
  Duration timeLimit;

  @Inject
  @ConfigProperty(name = "longshore.issue.grace", defaultValue = "PT10S")
  Duration grace;

  @Inject
  @ConfigProperty(name = "longshore.issue.max-attempts", defaultValue = "5")
  int maxAttempts;

  @Inject
  @ConfigProperty(name = "longshore.issue.log-limit", defaultValue = "1048576")
  long logLimit;

  /**
   * Looks at what no converter has looked at.
   *
   * @throws IllegalStateException naming the setting that no issue could run with
   */
  void check() {
    command();
    require(timeLimit.compareTo(Duration.ZERO) > 0, "time-limit", timeLimit, "must be above 0");
    require(!grace.isNegative(), "grace", grace, "must not be negative");
    require(maxAttempts >= 1, "max-attempts", maxAttempts, "must be 1 or more");
    require(logLimit >= 4096, "log-limit", logLimit, "must be 4096 bytes or more");
  }

  private static void require(boolean fits, String name, Object value, String rule) {
    if (!fits) {
      throw new IllegalStateException(
          "longshore.issue." + name + " is " + value + " and " + rule + ": no issue could run.");
    }
  }

  CommandTemplate command() {
    try {
      return CommandTemplate.of(command);
    } catch (IllegalArgumentException e) {
      // Without its cause: the launcher shows the innermost message, and this one names the
      // setting.
      throw new IllegalStateException(
          "longshore.issue.command is ["
              + command
              + "]: "
              + e.getMessage()
              + ". No issue could run.");
    }
  }

  /** Where the command runs: by default where the node does. */
  Path directory() {
    return Path.of(directory.orElse("")).toAbsolutePath();
  }

  /** What the command sees of the node's environment. */
  Map<String, String> environment() {
    return allowed(environment, System.getenv());
  }

  static Map<String, String> allowed(List<String> names, Map<String, String> all) {
    Map<String, String> allowed = new TreeMap<>();
    for (String name : names) {
      String value = all.get(name.strip());
      if (value != null) {
        allowed.put(name.strip(), value);
      }
    }
    return allowed;
  }

  Duration timeLimit() {
    return timeLimit;
  }

  Duration grace() {
    return grace;
  }

  int maxAttempts() {
    return maxAttempts;
  }

  long logLimit() {
    return logLimit;
  }
}
