package dev.longshore.engine.prune;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.db.Sql;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PruneTest {

  private final List<String> asked = new ArrayList<>();

  /** It holds the lock: what it has just begun is perhaps not to be seen yet. */
  @Test
  void whileAnotherNodeIsAboutToStartTheJobNothingIsLookedAt() {
    Prune prune = new Prune();
    prune.sql =
        new Sql() {
          @Override
          @SuppressWarnings("unchecked")
          public <T> Optional<T> first(String sql, Row<T> mapper, Object... parameters) {
            asked.add(sql);
            return (Optional<T>) Optional.of(false);
          }
        };

    assertThat(prune.start(Duration.ofHours(1))).isFalse();

    assertThat(asked).hasSize(1).first().asString().contains("pg_try_advisory_xact_lock");
  }
}
