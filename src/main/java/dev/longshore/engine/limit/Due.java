package dev.longshore.engine.limit;

import dev.longshore.db.Sql;
import dev.longshore.engine.limit.Policy.Standing;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Finds and locks the tasks under a limit that are due and may be first in a line. */
@ApplicationScoped
class Due {

  /** So many are looked at per route, at least, where keys may hold the first ones up. */
  private static final int LEAST = 200;

  /** So many who wait for a key are looked at where its limit says no number. */
  private static final int OF_A_KEY = 200;

  /** So many keys that were left are looked at, at most. */
  static final int MOST_KEYS = 2_000;

  private static final String NOT_HELD =
      """
      select t.id, t.type, t.queue, t.key, t.priority, t.run_at, t.runs > 0, false
      from (select distinct type, queue, priority from longshore.route where type = any (?)) r
      left join unnest(?::text[], ?::int[]) q (name, allowed) on q.name = r.queue
      left join unnest(?::text[], ?::int[]) y (name, allowed) on y.name = r.type
      cross join lateral (
          select id, type, queue, key, priority, run_at, runs from longshore.task d
          where d.state = 'pending' and d.held is null and d.type = r.type and d.queue = r.queue
            and d.priority = r.priority and d.run_at <= now()
          order by d.run_at, d.id
          limit least(q.allowed, y.allowed, ?)
          for no key update skip locked) t
      where q.name is not null or y.name is not null
      """;

  private static final String FREED =
      """
      select array_agg(f.id), f.queue, f.type, f.key, min(q.per_key), min(y.per_key)
      from longshore.key_free f
      left join unnest(?::text[], ?::int[]) q (name, per_key) on q.name = f.queue
      left join unnest(?::text[], ?::int[]) y (name, per_key) on y.name = f.type
      where f.at <= clock_timestamp() and f.queue <> all (?)
        -- Where the queue limits no key, only those of the type can wait for it.
        and (q.per_key is not null or f.type <> all (?))
      group by f.queue, f.type, f.key
      order by min(f.at), min(f.id)
      limit ?
      """;

  private static final String HELD =
      """
      select t.id, t.type, t.queue, t.key, t.priority, t.run_at, t.runs > 0, true
      from (select distinct name, key, most from unnest(?::text[], ?::text[], ?::int[]) k (name, key, most)) k
      cross join lateral (
          select id, type, queue, key, priority, run_at, runs from longshore.task h
          where h.state = 'pending' and h.key is not null and h.held = 'key' and h.%s = k.name
            and h.key = k.key and h.run_at <= now()
            and h.queue <> all (?) and h.type <> all (?)
          order by h.priority desc, h.run_at, h.id
          limit k.most
          for no key update skip locked) t
      """;

  @Inject private Sql sql;

  /** Rows of {@code key_free} for one key, and how many may come next by its queue and its type. */
  record Freed(Long[] rows, String queue, String type, String key, int byQueue, int byType) {

    List<Scope.Key> keys() {
      return List.of(new Scope.Key(Scope.queue(queue), key), new Scope.Key(Scope.type(type), key));
    }
  }

  /**
   * @param types of the lane
   * @param tasks how many there is room for
   */
  List<Waiting> notHeld(Policy policy, Map<Scope, Allowed> whole, String[] types, int tasks) {
    Collection<String> queues = policy.queues().keySet();
    Collection<String> limited = policy.types().keySet();
    return sql.list(
        NOT_HELD,
        Due::waiting,
        types,
        queues.toArray(String[]::new),
        queues.stream().map(q -> most(policy, whole, Scope.queue(q))).toArray(Integer[]::new),
        limited.toArray(String[]::new),
        limited.stream().map(t -> most(policy, whole, Scope.type(t))).toArray(Integer[]::new),
        Math.max(tasks, LEAST));
  }

  /** The keys that were left and whose queue or type is not closed; in the order of that. */
  List<Freed> freed(Policy policy, Map<Scope, Allowed> whole) {
    return sql.list(
        FREED,
        row ->
            new Freed(
                (Long[]) row.getArray(1).getArray(),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                most(row, 5, 6),
                most(row, 6, 5)),
        policy.limitedQueues(),
        perKey(policy.queues()),
        policy.limitedTypes(),
        perKey(policy.types()),
        closed(policy.queues(), whole, Scope::queue),
        closed(policy.types(), whole, Scope::type),
        MOST_KEYS);
  }

  private static String[] closed(
      Map<String, Standing> standings, Map<Scope, Allowed> whole, Function<String, Scope> scope) {
    return standings.keySet().stream()
        .filter(name -> whole.getOrDefault(scope.apply(name), Allowed.ANY).count() == 0)
        .toArray(String[]::new);
  }

  /**
   * How many may come next by a scope. By one that limits no keys nobody waits, where the other one
   * does; where neither does any more, whoever waits is looked at in both ways.
   */
  private static int most(ResultSet row, int scope, int other) throws SQLException {
    Integer most = row.getObject(scope, Integer.class);
    return most != null ? most : row.getObject(other) != null ? 0 : OF_A_KEY;
  }

  /** The first of those who were held for these keys. */
  List<Waiting> held(Policy policy, List<Freed> freed) {
    if (freed.isEmpty()) {
      return List.of();
    }
    String[] keys = freed.stream().map(Freed::key).toArray(String[]::new);
    List<Waiting> found =
        sql.list(
            HELD.formatted("queue"),
            Due::waiting,
            freed.stream().map(Freed::queue).toArray(String[]::new),
            keys,
            freed.stream().map(Freed::byQueue).toArray(Integer[]::new),
            policy.pausedQueues(),
            policy.pausedTypes());
    if (policy.types().values().stream().anyMatch(Standing::byKey)) {
      found.addAll(
          sql.list(
              HELD.formatted("type"),
              Due::waiting,
              freed.stream().map(Freed::type).toArray(String[]::new),
              keys,
              freed.stream().map(Freed::byType).toArray(Integer[]::new),
              policy.pausedQueues(),
              policy.pausedTypes()));
    }
    return found;
  }

  /** Where keys may hold some up, more are looked at than may be claimed. */
  private static Integer most(Policy policy, Map<Scope, Allowed> whole, Scope scope) {
    int allowed = whole.getOrDefault(scope, Allowed.ANY).count();
    return allowed == 0 || !policy.of(scope).byKey() ? allowed : Integer.MAX_VALUE;
  }

  /** {@code null} for a scope that does not limit its keys. */
  private static Integer[] perKey(Map<String, Standing> standings) {
    return standings.values().stream()
        .map(s -> s.limits().perKey() != null ? s.limits().perKey() : s.byKey() ? OF_A_KEY : null)
        .toArray(Integer[]::new);
  }

  private static Waiting waiting(ResultSet row) throws SQLException {
    return new Waiting(
        row.getLong(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getInt(5),
        row.getObject(6, OffsetDateTime.class),
        row.getBoolean(7),
        row.getBoolean(8));
  }
}
