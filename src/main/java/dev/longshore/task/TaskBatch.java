package dev.longshore.task;

import dev.longshore.db.Sql;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/** Some hundred new tasks on their way into the table in one statement. */
class TaskBatch {

  private static final int ROWS = 500;

  /** Payloads of more characters than this together go at once, however few they are. */
  private static final int CHARACTERS = 1 << 20;

  private static final String INSERT =
      """
      insert into longshore.task
          (type, queue, priority, payload, key, unique_key, max_attempts, run_at)
      select t.name, coalesce(g.queue, t.queue), coalesce(g.priority, t.priority), g.payload::jsonb,
             g.key, g.unique_key, coalesce(g.max_attempts, t.max_attempts), coalesce(g.run_at, now())
      from unnest(?::text[], ?::text[], ?::text[], ?::int[], ?::timestamptz[], ?::text[], ?::text[], ?::int[])
           with ordinality
           as g(type, payload, queue, priority, run_at, key, unique_key, max_attempts, n)
      join longshore.task_type t on t.name = g.type
      order by g.n
      on conflict (type, unique_key) where unique_key is not null and state in ('pending', 'queued', 'ongoing')
          do nothing
      """;

  private final List<NewTask> tasks = new ArrayList<>(ROWS);
  private final List<String> payloads = new ArrayList<>(ROWS);
  private long characters;

  void add(NewTask task, String payload) {
    tasks.add(task);
    payloads.add(payload);
    characters += payload.length();
  }

  boolean isFull() {
    return tasks.size() >= ROWS || characters >= CHARACTERS;
  }

  /**
   * Inserts what was added and forgets it.
   *
   * @return how many became tasks; the others met an unfinished task with their unique key
   */
  int insert(Sql sql) {
    if (tasks.isEmpty()) {
      return 0;
    }
    int inserted =
        sql.update(
            INSERT,
            tasks.stream().map(NewTask::type).toArray(String[]::new),
            payloads.toArray(String[]::new),
            tasks.stream().map(NewTask::queue).toArray(String[]::new),
            tasks.stream().map(NewTask::priority).toArray(Integer[]::new),
            tasks.stream().map(t -> text(t.runAt())).toArray(String[]::new),
            tasks.stream().map(NewTask::key).toArray(String[]::new),
            tasks.stream().map(NewTask::uniqueKey).toArray(String[]::new),
            tasks.stream().map(NewTask::maxAttempts).toArray(Integer[]::new));
    tasks.clear();
    payloads.clear();
    characters = 0;
    return inserted;
  }

  private static String text(OffsetDateTime time) {
    return time == null ? null : time.toString();
  }
}
