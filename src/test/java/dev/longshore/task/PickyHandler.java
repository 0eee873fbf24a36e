package dev.longshore.task;

import dev.longshore.db.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.LocalDate;

/**
 * What is harder on CDI: a scope with a client proxy, and a method that is not public. Called past
 * the proxy's back, it would have no {@code sql}.
 */
@Handler(name = "picky", lane = Lane.LONG)
@ApplicationScoped
public class PickyHandler {

  /** A payload with a type that only JSON-B knows how to read. */
  public record On(LocalDate day) {}

  @Inject private Sql sql;

  Object run(On on) {
    return sql.first(
            "select (?::date + 1)::text",
            row -> java.util.Map.of("next", row.getString(1)),
            on.day().toString())
        .orElseThrow();
  }
}
