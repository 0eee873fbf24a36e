package dev.longshore.task;

import dev.longshore.db.Sql;
import dev.longshore.problem.InvalidInput;
import dev.longshore.problem.TooLarge;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The door in: new tasks, pending, in the caller's transaction where there is one. What is refused
 * is refused as a whole and rolls that transaction back.
 */
@ApplicationScoped
public class Submit {

  private static final String ONE =
      """
      select s.id, s.created
      from longshore.task_type t,
           longshore.submit(t.name, ?::jsonb, ?::text, ?::int, ?::timestamptz, ?::text, ?::text, ?::int,
               ?::bigint[], ?::text) s
      where t.name = ?
      """;

  /** So many tasks may one task come after. */
  static final int MOST_AFTER = 10_000;

  private static final String MISSING =
      """
      select a.id from unnest(?::bigint[]) a (id)
      where not exists (select 1 from longshore.task t where t.id = a.id) limit 1
      """;

  @Inject Sql sql;
  @Inject TaskTypes types;
  @Inject Event<TasksSubmitted> submitted;

  /** The most bytes a payload may have, as JSON text in UTF-8. */
  @Inject
  @ConfigProperty(name = "longshore.payload.limit", defaultValue = "1048576")
  int payloadLimit;

  /**
   * One task.
   *
   * @return its id, or that of the unfinished task that has the same unique key already
   * @throws UnknownType when no node has declared its type
   * @throws InvalidInput when a value is out of its range, or the payload does not fit its type
   * @throws TooLarge when the payload is longer than {@code longshore.payload.limit}
   */
  @Transactional
  public Submitted submit(NewTask task) {
    Submitted done = insert(task);
    if (done.created()) {
      Lane lane = types.find(task.type()).map(TaskType::lane).orElse(null);
      submitted.fire(new TasksSubmitted(1, lane));
    }
    return done;
  }

  private Submitted insert(NewTask task) {
    check(task);
    checkAfter(task);
    return sql.first(
            ONE,
            row -> new Submitted(row.getLong(1), row.getBoolean(2)),
            payload(task),
            task.queue(),
            task.priority(),
            task.runAt(),
            task.key(),
            task.uniqueKey(),
            task.maxAttempts(),
            task.after().toArray(Long[]::new),
            task.onDependencyFailure() == null ? null : task.onDependencyFailure().label(),
            task.type())
        .orElseThrow(() -> new UnknownType(task.type()));
  }

  /**
   * Tasks, and one that runs when all of them have ended, however they did: all or nothing. A task
   * that stands already for its unique key is a member as it stands.
   *
   * @throws InvalidInput as for one task, with the {@code index} of the task that is refused; where
   *     the completion is refused, its fields are named {@code completion.…}
   */
  @Transactional
  public Group submit(List<NewTask> tasks, NewTask completion) {
    if (tasks.isEmpty() || tasks.size() > MOST_AFTER) {
      throw InvalidInput.unfit("tasks", "must be 1 to " + MOST_AFTER + " tasks.");
    }
    if (!completion.after().isEmpty() || completion.onDependencyFailure() != null) {
      throw InvalidInput.unfit(
          "completion", "comes after the tasks of its group, and after no others.");
    }
    List<Long> ids = new ArrayList<>();
    for (NewTask task : tasks) {
      try {
        ids.add(insert(task).id());
      } catch (InvalidInput e) {
        throw e.at("index", ids.size());
      } catch (TooLarge e) {
        throw e.at("index", ids.size());
      }
    }
    List<Long> distinct = ids.stream().distinct().toList();
    try {
      Group group =
          new Group(ids, insert(completion.withAfter(distinct, OnDependencyFailure.RUN)).id());
      submitted.fire(new TasksSubmitted(ids.size()));
      return group;
    } catch (InvalidInput e) {
      throw e.in("completion");
    }
  }

  private void checkAfter(NewTask task) {
    if (!task.after().isEmpty()) {
      sql.first(MISSING, row -> row.getLong(1), (Object) task.after().toArray(Long[]::new))
          .ifPresent(
              missing -> {
                throw InvalidInput.unfit(
                    "after", "names task " + missing + ", which is not there.");
              });
    }
  }

  /**
   * Any number of tasks, all or none, in statements of some hundred rows each. No more than that is
   * held in memory: the iterator may read from a network.
   *
   * @throws InvalidInput as for one task, with the {@code index} of the first task that is refused
   * @throws TooLarge likewise
   */
  @Transactional
  public SubmittedMany submit(Iterator<NewTask> tasks) {
    Set<String> declared =
        new HashSet<>(sql.list("select name from longshore.task_type", row -> row.getString(1)));
    TaskBatch batch = new TaskBatch();
    long count = 0;
    long created = 0;
    while (tasks.hasNext()) {
      NewTask task = tasks.next();
      try {
        check(task);
        if (!declared.contains(task.type())) {
          throw new UnknownType(task.type());
        }
        if (task.after().isEmpty()) {
          batch.add(task, payload(task));
        } else if (insert(task).created()) {
          created++;
        }
      } catch (InvalidInput e) {
        throw e.at("index", count);
      } catch (TooLarge e) {
        throw e.at("index", count);
      }
      count++;
      if (batch.isFull()) {
        created += batch.insert(sql);
      }
    }
    created += batch.insert(sql);
    if (created > 0) {
      submitted.fire(new TasksSubmitted((int) Math.min(created, Integer.MAX_VALUE)));
    }
    return new SubmittedMany(created, count - created);
  }

  /** A type that only other nodes have is not ours to look into. */
  private void check(NewTask task) {
    NewTaskRules.check(task);
    types
        .find(task.type())
        .flatMap(types::handler)
        .ifPresent(handler -> handler.check(task.payload()));
  }

  private String payload(NewTask task) {
    String text = task.payload().toString();
    // The encoded length is asked only where it can matter: UTF-8 takes at most 3 bytes a char.
    if (text.length() > payloadLimit / 3
        && text.getBytes(StandardCharsets.UTF_8).length > payloadLimit) {
      throw new TooLarge(
          "payload",
          "The payload is longer than the "
              + payloadLimit
              + " bytes that longshore.payload.limit allows.");
    }
    return text;
  }
}
