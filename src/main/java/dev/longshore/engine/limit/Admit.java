package dev.longshore.engine.limit;

import dev.longshore.db.Sql;
import dev.longshore.task.Lane;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Admits tasks under a limit to a claim, in the claim's transaction: what is under way is counted,
 * and nobody else counts or claims under a limit until it commits, since all of it happens under
 * one advisory lock. One for all limits, not one for each: a claim looks at every route at once,
 * and holds the lock for some milliseconds, without waiting for the disk.
 *
 * <p>A task whose key is taken is marked as held, and not looked at again until a task of its key
 * leaves (trigger {@code key_left}, V014). That nothing is missed between both is a matter of a row
 * lock: a task is held only while the one that has the key is locked here, so that its leaving
 * comes after, and sees the mark.
 */
@ApplicationScoped
public class Admit {

  private static final String LOCK =
      "select pg_try_advisory_xact_lock(hashtext('longshore.limits'))";

  /** It may have left since it was counted: then it is no reason to hold anybody. */
  private static final String WITNESSES =
      """
      select id from longshore.task
      where id = any (?) and state in ('pending', 'queued', 'ongoing')
        and (claim_id is not null or state = 'pending')
      for no key update skip locked
      """;

  private static final String STARTS =
      """
      insert into longshore.rate_start (task_id, claim_id, queue, type, key, quick, seconds)
      select t.id, t.claim_id, t.queue, t.type, t.key, ?::text = 'quick', s.seconds
      from unnest(?::bigint[], ?::float8[]) s (id, seconds) join longshore.task t on t.id = s.id
      """;

  @Inject private Sql sql;
  @Inject private Due due;
  @Inject private Keys keys;
  @Inject private Closed closed;

  /** Whether this transaction may admit: no other one does. Never waits. */
  @Transactional(Transactional.TxType.MANDATORY)
  public boolean lock() {
    return sql.first(LOCK, row -> row.getBoolean(1)).orElseThrow();
  }

  /**
   * Chooses, and locks what it chose.
   *
   * @param types the types of the lane
   * @param room how many tasks may be claimed, 1 or more
   */
  @Transactional(Transactional.TxType.MANDATORY)
  public Admission choose(Policy policy, String[] types, int room) {
    Map<Scope, Allowed> whole = closed.whole(policy);
    List<Waiting> notHeld = due.notHeld(policy, whole, types, room);
    List<Due.Freed> freed = due.freed(policy, whole);
    List<Waiting> held = due.held(policy, freed);
    Set<String> ours = Set.of(types);
    List<Waiting> mine =
        Stream.concat(notHeld.stream(), held.stream())
            .filter(w -> ours.contains(w.type()))
            .toList();
    List<Waiting> others = held.stream().filter(w -> !ours.contains(w.type())).toList();
    List<Scope.Key> wanted =
        mine.stream().flatMap(w -> w.keys(policy).stream()).distinct().toList();
    Choice choice =
        new Choice(policy, whole, keys.uses(policy, wanted), closed.rates(policy, wanted))
            .among(mine);
    OffsetDateTime opensAt =
        Stream.concat(whole.values().stream().map(Allowed::opensAt), Stream.of(choice.opensAt()))
            .filter(Objects::nonNull)
            .min(Comparator.comparing(OffsetDateTime::toInstant))
            .orElse(null);
    return new Admission(choice, freed, others, opensAt);
  }

  /**
   * Marks who has to wait, and notes what a rate counts, once it is known what was claimed.
   *
   * @param claimed the tasks of the admission that are under a claim now
   * @return whether there may be more to admit at once, behind those who were marked now
   */
  @Transactional(Transactional.TxType.MANDATORY)
  public boolean finish(Policy policy, Lane lane, Admission admission, Set<Long> claimed) {
    Choice choice = admission.choice;
    boolean some = hold(choice) > 0;
    choice.refused.stream()
        .filter(r -> r.opensAt() != null)
        .map(r -> new TimedKey(r.task().queue(), r.task().type(), r.task().key(), r.opensAt()))
        .distinct()
        .forEach(this::comeBack);
    Set<Scope.Key> wanted = stillWanted(admission, claimed);
    Long[] done =
        admission.freed.stream()
            .filter(f -> f.keys().stream().noneMatch(wanted::contains))
            .flatMap(freed -> Stream.of(freed.rows()))
            .toArray(Long[]::new);
    if (done.length > 0) {
      sql.update("delete from longshore.key_free where id = any (?)", (Object) done);
    }
    noteStarts(policy, lane, choice.chosen.stream().filter(w -> claimed.contains(w.id())).toList());
    return some || done.length > 0 && admission.freed.size() == Due.MOST_KEYS;
  }

  private record TimedKey(String queue, String type, String key, OffsetDateTime at) {}

  private void comeBack(TimedKey key) {
    sql.update(
        "insert into longshore.key_free (queue, type, key, at) values (?, ?, ?, ?)",
        key.queue,
        key.type,
        key.key,
        key.at);
  }

  private int hold(Choice choice) {
    List<Choice.Refused> behind =
        choice.refused.stream().filter(r -> r.key() != null && !r.task().freed()).toList();
    if (behind.isEmpty()) {
      return 0;
    }
    Set<Long> witnesses = new HashSet<>();
    choice.chosen.forEach(w -> witnesses.add(w.id())); // locked since they were chosen
    Long[] unsure =
        behind.stream()
            .filter(r -> r.opensAt() == null && !r.holders().isEmpty())
            .map(r -> r.holders().get(0))
            .filter(id -> !witnesses.contains(id))
            .distinct()
            .toArray(Long[]::new);
    if (unsure.length > 0) {
      witnesses.addAll(sql.list(WITNESSES, row -> row.getLong(1), (Object) unsure));
    }
    Long[] held =
        behind.stream()
            .filter(
                r ->
                    r.opensAt() != null
                        || !r.holders().isEmpty() && witnesses.contains(r.holders().get(0)))
            .map(r -> r.task().id())
            .toArray(Long[]::new);
    return held.length == 0
        ? 0
        : sql.update("update longshore.task set held = 'key' where id = any (?)", (Object) held);
  }

  /** The keys that somebody still waits for who could be claimed, but by another claim. */
  private static Set<Scope.Key> stillWanted(Admission admission, Set<Long> claimed) {
    Choice choice = admission.choice;
    Set<Scope.Key> keys = new HashSet<>();
    Stream.of(
            admission.others.stream(),
            choice.refused.stream().filter(r -> r.key() == null).map(Choice.Refused::task),
            choice.chosen.stream().filter(w -> !claimed.contains(w.id())))
        .flatMap(tasks -> tasks)
        .forEach(w -> w.scopes().forEach(scope -> keys.add(new Scope.Key(scope, w.key()))));
    return keys;
  }

  private void noteStarts(Policy policy, Lane lane, List<Waiting> claimed) {
    List<Long> tasks = new ArrayList<>();
    List<Double> seconds = new ArrayList<>();
    for (Waiting task : claimed) {
      task.scopes().stream()
          .map(scope -> policy.of(scope).limits())
          .flatMap(l -> Stream.of(l.rate(), task.key() == null ? null : l.keyRate()))
          .filter(Objects::nonNull)
          .map(rate -> rate.interval().toMillis() / 1000.0)
          .max(Comparator.naturalOrder())
          .ifPresent(
              longest -> {
                tasks.add(task.id());
                seconds.add(longest);
              });
    }
    if (!tasks.isEmpty()) {
      sql.update(STARTS, lane.label(), tasks.toArray(Long[]::new), seconds.toArray(Double[]::new));
    }
  }
}
