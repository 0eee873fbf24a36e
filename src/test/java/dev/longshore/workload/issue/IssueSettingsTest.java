package dev.longshore.workload.issue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IssueSettingsTest {

  @Test
  void letsOnlyTheNamedVariablesThrough() {
    assertThat(
            IssueSettings.allowed(
                List.of("PATH", " HOME ", "NOT_SET"),
                Map.of("PATH", "/bin", "HOME", "/root", "LONGSHORE_DB_PASSWORD", "secret")))
        .isEqualTo(Map.of("PATH", "/bin", "HOME", "/root"));
  }
}
