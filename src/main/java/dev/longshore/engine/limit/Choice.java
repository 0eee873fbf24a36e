package dev.longshore.engine.limit;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Chooses, in the order of claims, what the limits leave room for. Statements have counted before
 * what is under way; nothing else changes that meanwhile.
 */
class Choice {

  /**
   * Why a task is not chosen.
   *
   * @param key its key that is taken; {@code null} where a queue or type as a whole is full
   * @param holders the tasks whose leaving makes room, if it is not the time
   * @param opensAt when the key's rate makes room; {@code null} when that is not what it waits for
   */
  record Refused(Waiting task, Scope.Key key, List<Long> holders, OffsetDateTime opensAt) {}

  final List<Waiting> chosen = new ArrayList<>();
  final List<Refused> refused = new ArrayList<>();

  private final Policy policy;
  private final Map<Scope, Integer> left = new HashMap<>();
  private final Map<Scope.Key, KeyUse> uses;
  private final Map<Scope.Key, Allowed> rates;
  private final Map<Scope.Key, List<Long>> chosenByKey = new HashMap<>();

  /**
   * @param whole what queues and types allow as a whole; those that are not in it allow anything
   * @param uses who has each key of a scope that limits them
   * @param rates what the rate of each key allows; those that are not in it allow anything
   */
  Choice(
      Policy policy,
      Map<Scope, Allowed> whole,
      Map<Scope.Key, KeyUse> uses,
      Map<Scope.Key, Allowed> rates) {
    this.policy = policy;
    this.uses = uses;
    this.rates = rates;
    whole.forEach((scope, allowed) -> left.put(scope, allowed.count()));
  }

  /** To be called once. */
  Choice among(List<Waiting> tasks) {
    Set<Long> seen = new HashSet<>();
    tasks.stream().sorted(Waiting.ORDER).filter(t -> seen.add(t.id())).forEach(this::decide);
    return this;
  }

  private void decide(Waiting task) {
    for (Scope.Key key : task.keys(policy)) {
      Refused no = refusal(task, key);
      if (no != null) {
        refused.add(no);
        return;
      }
    }
    if (task.scopes().stream().anyMatch(scope -> left.getOrDefault(scope, 1) < 1)) {
      refused.add(new Refused(task, null, List.of(), null));
      return;
    }
    task.scopes().forEach(scope -> left.computeIfPresent(scope, (s, n) -> n - 1));
    task.keys(policy)
        .forEach(key -> chosenByKey.computeIfAbsent(key, k -> new ArrayList<>()).add(task.id()));
    chosen.add(task);
  }

  private Refused refusal(Waiting task, Scope.Key key) {
    KeyUse use = uses.getOrDefault(key, KeyUse.NOBODY);
    List<Long> siblings = chosenByKey.getOrDefault(key, List.of());
    Integer limit = policy.of(key.scope()).limits().perKey();
    List<Long> holders = new ArrayList<>(siblings);
    holders.addAll(use.underWay);
    if (limit != null && holders.size() >= limit) {
      return new Refused(task, key, holders, null);
    }
    long before = limit != null && limit == 1 ? use.before(task) : 0;
    if (before != 0) {
      return new Refused(task, key, List.of(before), null);
    }
    Allowed rate = rates.getOrDefault(key, Allowed.ANY);
    return rate.count() > siblings.size() ? null : new Refused(task, key, holders, rate.opensAt());
  }

  /** When the first rate of a key opens that a task waits for; {@code null} for never. */
  OffsetDateTime opensAt() {
    return refused.stream()
        .map(Refused::opensAt)
        .filter(Objects::nonNull)
        .min(Comparator.comparing(OffsetDateTime::toInstant))
        .orElse(null);
  }
}
