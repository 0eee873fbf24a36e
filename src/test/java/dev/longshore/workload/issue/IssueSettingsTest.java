package dev.longshore.workload.issue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IssueSettingsTest {

  private final IssueSettings settings = new IssueSettings();

  @BeforeEach
  void fit() {
    settings.command = "run {id}";
    settings.timeLimit = Duration.ofHours(1);
    settings.grace = Duration.ZERO;
    settings.maxAttempts = 1;
    settings.logLimit = 4096;
  }

  @Test
  void whatFitsIsTaken() {
    settings.check();
  }

  @Test
  void whatNoIssueCouldRunWithIsRefusedByItsName() {
    refused(
        () -> settings.timeLimit = Duration.ZERO,
        "longshore.issue.time-limit is PT0S and must be above 0: no issue could run.");
    refused(
        () -> settings.grace = Duration.ofSeconds(-1),
        "longshore.issue.grace is PT-1S and must not be negative: no issue could run.");
    refused(
        () -> settings.maxAttempts = 0,
        "longshore.issue.max-attempts is 0 and must be 1 or more: no issue could run.");
    refused(
        () -> settings.logLimit = 4095,
        "longshore.issue.log-limit is 4095 and must be 4096 bytes or more: no issue could run.");
    settings.command = "run '{id}";
    assertThatThrownBy(settings::check)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("longshore.issue.command is [run '{id}]: ")
        .hasMessageEndingWith(" No issue could run.")
        .hasNoCause();
  }

  private void refused(Runnable change, String message) {
    fit();
    change.run();
    assertThatThrownBy(settings::check)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(message);
    fit();
  }

  @Test
  void letsOnlyTheNamedVariablesThrough() {
    assertThat(
            IssueSettings.allowed(
                List.of("PATH", " HOME ", "NOT_SET"),
                Map.of("PATH", "/bin", "HOME", "/root", "LONGSHORE_DB_PASSWORD", "secret")))
        .isEqualTo(Map.of("PATH", "/bin", "HOME", "/root"));
  }
}
