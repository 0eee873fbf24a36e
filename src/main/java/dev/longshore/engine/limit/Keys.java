package dev.longshore.engine.limit;

import dev.longshore.db.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads who has keys. */
@ApplicationScoped
class Keys {

  private static final String UNDER_WAY =
      """
      select k.n, u.id
      from unnest(?::text[], ?::text[], ?::text[]) with ordinality k (key, queue, type, n),
          lateral (
              select id from longshore.task t
              where t.key is not null and t.key = k.key and t.claim_id is not null
                and (k.queue is null or t.queue = k.queue) and (k.type is null or t.type = k.type)
              offset 0) u
      """;

  /** Said as the index {@code task_key_in_use} says it, not to look at all who wait. */
  private static final String BEGUN =
      """
      select k.n, b.id, b.priority
      from unnest(?::text[], ?::text[]) with ordinality k (key, name, n),
          lateral (
              select id, priority from longshore.task t
              where t.key is not null and t.key = k.key and t.%s = k.name
                and (t.claim_id is not null or t.state = 'pending' and t.runs > 0)
                and t.claim_id is null
              order by t.priority desc, t.id limit 1) b
      """;

  /** Of both lanes, whether held or not; a paused type or queue keeps nobody waiting. */
  private static final String FIRST =
      """
      select k.n, f.id, f.priority
      from unnest(?::text[], ?::text[]) with ordinality k (key, name, n),
          lateral (
              select id, priority from longshore.task t
              where t.state = 'pending' and t.key is not null and t.key = k.key and t.%s = k.name
                and t.run_at <= now() and t.held is distinct from 'task'
                and t.type <> all (?) and t.queue <> all (?)
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
        UNDER_WAY,
        row -> uses.get(keys.get(row.getInt(1) - 1)).underWay.add(row.getLong(2)),
        keys.stream().map(Scope.Key::key).toArray(String[]::new),
        names(keys, Scope.Kind.QUEUE),
        names(keys, Scope.Kind.TYPE));
    for (Scope.Kind kind : Scope.Kind.values()) {
      List<Scope.Key> exclusive = new ArrayList<>();
      for (Scope.Key key : keys) {
        Integer limit = policy.of(key.scope()).limits().perKey();
        if (key.scope().kind() == kind && limit != null && limit == 1) {
          exclusive.add(key);
        }
      }
      next(exclusive, kind, policy, uses);
    }
    return uses;
  }

  private void next(
      List<Scope.Key> keys, Scope.Kind kind, Policy policy, Map<Scope.Key, KeyUse> uses) {
    if (keys.isEmpty()) {
      return;
    }
    String column = kind == Scope.Kind.QUEUE ? "queue" : "type";
    String[] names = keys.stream().map(key -> key.scope().name()).toArray(String[]::new);
    String[] texts = keys.stream().map(Scope.Key::key).toArray(String[]::new);
    sql.list(
        BEGUN.formatted(column),
        row -> uses.get(keys.get(row.getInt(1) - 1)).begun = next(row),
        texts,
        names);
    sql.list(
        FIRST.formatted(column),
        row -> uses.get(keys.get(row.getInt(1) - 1)).first = next(row),
        texts,
        names,
        policy.pausedTypes(),
        policy.pausedQueues());
  }

  private static KeyUse.Next next(ResultSet row) throws SQLException {
    return new KeyUse.Next(row.getLong(2), row.getInt(3));
  }

  private static String[] names(List<Scope.Key> keys, Scope.Kind kind) {
    return keys.stream()
        .map(k -> k.scope().kind() == kind ? k.scope().name() : null)
        .toArray(String[]::new);
  }
}
