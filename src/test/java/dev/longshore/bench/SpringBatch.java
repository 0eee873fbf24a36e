package dev.longshore.bench;

import com.zaxxer.hikari.HikariDataSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.springframework.batch.core.Job;
import org.springframework.batch.core.JobParametersBuilder;
import org.springframework.batch.core.Step;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.launch.support.TaskExecutorJobLauncher;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.repository.support.JobRepositoryFactoryBean;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.repeat.RepeatStatus;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.jdbc.support.JdbcTransactionManager;

/**
 * Spring Batch on its JDBC repository: jobs of one tasklet that does nothing, started on sixteen
 * threads. There is no queue in front of it: each is the start of a job and its run. Executions are
 * created under READ COMMITTED, not under its default SERIALIZABLE, at which starts fail one
 * another.
 */
final class SpringBatch implements Contestant {

  private static final int THREADS = 16;

  private long number;

  @Override
  public String name() {
    return "spring-batch";
  }

  @Override
  public Map<String, Double> perSecond(Database database, Counts counts) throws Exception {
    try (HikariDataSource pool = database.pool(THREADS + 2)) {
      new ResourceDatabasePopulator(
              new ClassPathResource("org/springframework/batch/core/schema-postgresql.sql"))
          .execute(pool);
      JdbcTransactionManager transactions = new JdbcTransactionManager(pool);
      JobRepositoryFactoryBean factory = new JobRepositoryFactoryBean();
      factory.setDataSource(pool);
      factory.setTransactionManager(transactions);
      factory.setIsolationLevelForCreate("ISOLATION_READ_COMMITTED");
      factory.afterPropertiesSet();
      JobRepository repository = factory.getObject();
      Step step =
          new StepBuilder("nothing", repository)
              .tasklet((contribution, chunk) -> RepeatStatus.FINISHED, transactions)
              .build();
      Job job = new JobBuilder("trivial", repository).start(step).build();
      TaskExecutorJobLauncher launcher = new TaskExecutorJobLauncher();
      launcher.setJobRepository(repository);
      launcher.afterPropertiesSet();
      double seconds =
          Contestant.median(
              () -> {
                database.settle();
                return run(launcher, job, counts.jobs());
              });
      return Map.of("jobs", counts.jobs() / seconds);
    }
  }

  private double run(TaskExecutorJobLauncher launcher, Job job, int jobs) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      long start = System.nanoTime();
      List<Future<?>> ends = new ArrayList<>();
      for (int i = 0; i < jobs; i++) {
        long task = number++;
        ends.add(
            threads.submit(
                () ->
                    launcher.run(
                        job, new JobParametersBuilder().addLong("task", task).toJobParameters())));
      }
      for (Future<?> end : ends) {
        end.get();
      }
      return (System.nanoTime() - start) / 1e9;
    } finally {
      threads.shutdown();
    }
  }
}
