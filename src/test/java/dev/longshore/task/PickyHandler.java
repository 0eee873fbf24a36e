package dev.longshore.task;

import dev.longshore.db.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;

/**
 * What is harder on CDI: a scope with a client proxy, and a method that is not public. Called past
 * the proxy's back, it would have no {@code sql}.
 */
@Handler(name = "picky", lane = Lane.LONG)
@ApplicationScoped
public class PickyHandler {

  @Inject private Sql sql;

  JsonObject run() {
    return sql.first(
            "select 1",
            row -> jakarta.json.Json.createObjectBuilder().add("one", row.getInt(1)).build())
        .orElseThrow();
  }
}
