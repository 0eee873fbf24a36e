package dev.longshore.engine.limit;

import dev.longshore.db.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads who has keys. */
@ApplicationScoped
class Keys {

  private static final String HOLDERS =
      """
      select k.n, u.id, u.claim_id is not null, u.priority
      from unnest(?::text[], ?::text[], ?::text[]) with ordinality k (key, queue, type, n)
      join longshore.task u on u.key = k.key and (u.claim_id is not null or u.state = 'pending' and u.runs > 0)
      where u.key is not null and (k.queue is null or u.queue = k.queue) and (k.type is null or u.type = k.type)
      """;

  /** Of both lanes, whether held or not; a paused type keeps nobody waiting. */
  private static final String FIRST =
      """
      select k.n, f.id, f.priority
      from unnest(?::text[], ?::text[]) with ordinality k (key, name, n),
          lateral (
              select id, priority from longshore.task t
              where t.state = 'pending' and t.key is not null and t.key = k.key and t.%s = k.name
                and t.run_at <= now() and t.held is distinct from 'task' and t.type <> all (?)
              order by t.priority desc, t.run_at, t.id limit 1) f
      """;

  @Inject private Sql sql;

  /** Of each key who has it and, where it is exclusive, who is first in its line. */
  Map<Scope.Key, KeyUse> uses(Policy policy, List<Scope.Key> keys) {
    Map<Scope.Key, KeyUse> uses = new HashMap<>();
    if (keys.isEmpty()) {
      return uses;
    }
    keys.forEach(key -> uses.put(key, new KeyUse()));
    sql.list(
        HOLDERS,
        row ->
            uses.get(keys.get(row.getInt(1) - 1))
                .holders
                .add(new KeyUse.Holder(row.getLong(2), row.getBoolean(3), row.getInt(4))),
        keys.stream().map(Scope.Key::key).toArray(String[]::new),
        names(keys, Scope.Kind.QUEUE),
        names(keys, Scope.Kind.TYPE));
    String[] paused =
        policy.types().entrySet().stream()
            .filter(type -> type.getValue().paused())
            .map(Map.Entry::getKey)
            .toArray(String[]::new);
    for (Scope.Kind kind : Scope.Kind.values()) {
      List<Scope.Key> exclusive = new ArrayList<>();
      for (Scope.Key key : keys) {
        Integer limit = policy.of(key.scope()).limits().perKey();
        if (key.scope().kind() == kind && limit != null && limit == 1) {
          exclusive.add(key);
        }
      }
      first(exclusive, kind, paused, uses);
    }
    return uses;
  }

  private void first(
      List<Scope.Key> keys, Scope.Kind kind, String[] paused, Map<Scope.Key, KeyUse> uses) {
    if (!keys.isEmpty()) {
      sql.list(
          FIRST.formatted(kind == Scope.Kind.QUEUE ? "queue" : "type"),
          row ->
              uses.get(keys.get(row.getInt(1) - 1)).first =
                  new KeyUse.First(row.getLong(2), row.getInt(3)),
          keys.stream().map(Scope.Key::key).toArray(String[]::new),
          keys.stream().map(key -> key.scope().name()).toArray(String[]::new),
          paused);
    }
  }

  private static String[] names(List<Scope.Key> keys, Scope.Kind kind) {
    return keys.stream()
        .map(k -> k.scope().kind() == kind ? k.scope().name() : null)
        .toArray(String[]::new);
  }
}
