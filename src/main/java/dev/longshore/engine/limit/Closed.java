package dev.longshore.engine.limit;

import dev.longshore.db.Sql;
import dev.longshore.engine.limit.Policy.Standing;
import dev.longshore.task.Rate;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Counts what limits on queues and types as a whole, and rates, leave free. */
@ApplicationScoped
class Closed {

  /**
   * By way of the claims, since an index of its own would cost every task of every queue; and claim
   * by claim ({@code offset 0}), since a merge join reads the index of claims from its beginning.
   */
  private static final String UNDER_WAY =
      """
      select s.n, case s.kind
          when 'queue' then (
              select count(*) from longshore.claim c, lateral (
                  select 1 from longshore.task where claim_id = c.id and queue = s.name offset 0) t
              where c.type in (select r.type from longshore.route r where r.queue = s.name))
          else (
              select count(*) from longshore.claim c, lateral (
                  select 1 from longshore.task where claim_id = c.id offset 0) t
              where c.type = s.name) end
      from unnest(?::text[], ?::text[]) with ordinality s (kind, name, n)
      """;

  /** How many starts count now, and when so many of them will not that there is room for one. */
  private static final String STARTS =
      """
      select s.n, count(f.counts_until), nullif(
          (array_agg(f.counts_until order by f.counts_until))[count(f.counts_until) - s.rate + 1],
          'infinity')
      from unnest(?::text[], ?::text[], ?::text[], ?::int[], ?::float8[])
          with ordinality s (queue, type, key, rate, seconds, n)
      left join lateral longshore.rate_starts(s.queue, s.type, s.key, s.seconds) f
          on f.counts_until > clock_timestamp()
      group by s.n, s.rate
      """;

  @Inject private Sql sql;

  /** What each queue and type that may be closed as a whole allows. */
  Map<Scope, Allowed> whole(Policy policy) {
    List<Scope> scopes = new ArrayList<>();
    policy.queues().keySet().forEach(name -> scopes.add(Scope.queue(name)));
    policy.types().keySet().forEach(name -> scopes.add(Scope.type(name)));
    Map<Scope, Allowed> allowed = new HashMap<>();
    List<Scope> counted = new ArrayList<>();
    List<Scope> rated = new ArrayList<>();
    for (Scope scope : scopes) {
      Standing standing = policy.of(scope);
      if (standing.whole()) {
        allowed.put(scope, standing.paused() ? Allowed.NONE : Allowed.ANY);
      }
      if (!standing.paused() && standing.limits().tasks() != null) {
        counted.add(scope);
      }
      if (!standing.paused() && standing.limits().rate() != null) {
        rated.add(scope);
      }
    }
    underWay(policy, counted).forEach((s, a) -> allowed.merge(s, a, Closed::stricter));
    starts(
            rated.stream().map(s -> new Scope.Key(s, null)).toList(),
            key -> policy.of(key.scope()).limits().rate())
        .forEach((k, a) -> allowed.merge(k.scope(), a, Closed::stricter));
    return allowed;
  }

  /** What the rate of each key allows. */
  Map<Scope.Key, Allowed> rates(Policy policy, List<Scope.Key> keys) {
    Function<Scope.Key, Rate> rate = key -> policy.of(key.scope()).limits().keyRate();
    return starts(keys.stream().filter(key -> rate.apply(key) != null).toList(), rate);
  }

  private Map<Scope, Allowed> underWay(Policy policy, List<Scope> scopes) {
    Map<Scope, Allowed> allowed = new HashMap<>();
    if (!scopes.isEmpty()) {
      sql.list(
          UNDER_WAY,
          row -> {
            Scope scope = scopes.get(row.getInt(1) - 1);
            int left = policy.of(scope).limits().tasks() - row.getInt(2);
            return allowed.put(scope, new Allowed(Math.max(0, left), null));
          },
          scopes.stream()
              .map(s -> s.kind() == Scope.Kind.QUEUE ? "queue" : "type")
              .toArray(String[]::new),
          scopes.stream().map(Scope::name).toArray(String[]::new));
    }
    return allowed;
  }

  private Map<Scope.Key, Allowed> starts(List<Scope.Key> keys, Function<Scope.Key, Rate> rate) {
    Map<Scope.Key, Allowed> allowed = new HashMap<>();
    if (!keys.isEmpty()) {
      sql.list(
          STARTS,
          row -> {
            Scope.Key key = keys.get(row.getInt(1) - 1);
            int left = Math.max(0, rate.apply(key).count() - row.getInt(2));
            return allowed.put(
                key, new Allowed(left, left > 0 ? null : row.getObject(3, OffsetDateTime.class)));
          },
          names(keys, Scope.Kind.QUEUE),
          names(keys, Scope.Kind.TYPE),
          keys.stream().map(Scope.Key::key).toArray(String[]::new),
          keys.stream().map(key -> rate.apply(key).count()).toArray(Integer[]::new),
          keys.stream()
              .map(key -> rate.apply(key).interval().toMillis() / 1000.0)
              .toArray(Double[]::new));
    }
    return allowed;
  }

  private static String[] names(List<Scope.Key> keys, Scope.Kind kind) {
    return keys.stream()
        .map(k -> k.scope().kind() == kind ? k.scope().name() : null)
        .toArray(String[]::new);
  }

  /**
   * Both hold: the smaller number. Where both are closed, one of them is so by its number of tasks,
   * and its opening is not to be foretold.
   */
  private static Allowed stricter(Allowed a, Allowed b) {
    if (a.count() == 0 && b.count() == 0) {
      return Allowed.NONE;
    }
    return a.count() <= b.count() ? a : b;
  }
}
