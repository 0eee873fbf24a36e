package dev.longshore.bench;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * db-scheduler with the polling that its documentation gives for the highest throughput: lock and
 * fetch, up to four executions a thread at once.
 */
final class DbScheduler implements Contestant {

  private static final int THREADS = 20;

  /** As its documentation has it. */
  private static final String SCHEMA =
      """
      create table scheduled_tasks (
          task_name text not null,
          task_instance text not null,
          task_data bytea,
          execution_time timestamptz not null,
          picked boolean not null,
          picked_by text,
          last_success timestamptz,
          last_failure timestamptz,
          consecutive_failures int,
          last_heartbeat timestamptz,
          version bigint not null,
          priority smallint,
          primary key (task_name, task_instance));
      create index execution_time_idx on scheduled_tasks (execution_time);
      create index last_heartbeat_idx on scheduled_tasks (last_heartbeat);
      """;

  private static final OneTimeTask<Void> NOOP =
      Tasks.oneTime("noop", Void.class).execute((instance, context) -> {});

  @Override
  public String name() {
    return "db-scheduler";
  }

  @Override
  public Map<String, Double> perSecond(Database database, Counts counts) throws Exception {
    database.execute(SCHEMA);
    try (HikariDataSource pool = database.pool(THREADS + 5)) {
      double seconds = Contestant.median(() -> drain(database, pool, counts.tasks()));
      return Map.of("tasks", counts.tasks() / seconds);
    }
  }

  private static double drain(Database database, HikariDataSource pool, int tasks)
      throws Exception {
    Scheduler scheduler =
        Scheduler.create(pool, NOOP)
            .threads(THREADS)
            .pollUsingLockAndFetch(1.0, 4.0)
            .pollingInterval(Duration.ofMillis(100))
            .build();
    Stream<TaskInstance<?>> instances =
        IntStream.range(0, tasks).mapToObj(i -> NOOP.instance("task-" + i));
    scheduler.scheduleBatch(instances, Instant.now());
    database.settle();
    long start = System.nanoTime();
    scheduler.start();
    database.awaitNone("select exists (select from scheduled_tasks)");
    double seconds = (System.nanoTime() - start) / 1e9;
    scheduler.stop();
    return seconds;
  }
}
