package dev.longshore.task;

import dev.longshore.db.Persist;
import dev.longshore.db.Sql;
import jakarta.annotation.PostConstruct;
import jakarta.ejb.DependsOn;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.util.logging.Logger;

/**
 * Writes this node's task types and their policies into {@code longshore.task_type} at start-up, so
 * that SQL clients can submit them. Of nodes that differ, the last one started is believed.
 */
@Singleton
@Startup
@DependsOn("Migrate")
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class DeclareTypes {

  private static final Logger LOG = Logger.getLogger(DeclareTypes.class.getName());

  @Inject private TaskTypes types;
  @Inject private Sql sql;

  @PostConstruct
  void declare() {
    for (TaskType type : types.all()) {
      if (type.pipeline() && getClass().getResource(jobXml(type)) == null) {
        throw new IllegalStateException(
            types.sources().get(type.name())
                + " declares the pipeline '"
                + type.name()
                + "', but its batch job "
                + jobXml(type)
                + " is missing. Nothing can run until it is there.");
      }
      Persist.whileAway("Task type " + type.name() + " is not declared", () -> write(type));
      LOG.info(() -> describe(type));
    }
  }

  private void write(TaskType type) {
    sql.update(
        """
        insert into longshore.task_type (name, lane, queue, priority, max_attempts,
            backoff_seconds, backoff_factor, backoff_cap, time_limit, task_limit, key_limit,
            rate_count, rate_seconds, key_rate_count, key_rate_seconds)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?::float8 * interval '1 second', ?::int, ?::int, ?::int,
            ?::float8, ?::int, ?::float8)
        on conflict (name) do update set
            lane = excluded.lane, queue = excluded.queue, priority = excluded.priority,
            max_attempts = excluded.max_attempts, backoff_seconds = excluded.backoff_seconds,
            backoff_factor = excluded.backoff_factor, backoff_cap = excluded.backoff_cap,
            time_limit = excluded.time_limit, task_limit = excluded.task_limit,
            key_limit = excluded.key_limit, rate_count = excluded.rate_count,
            rate_seconds = excluded.rate_seconds, key_rate_count = excluded.key_rate_count,
            key_rate_seconds = excluded.key_rate_seconds, declared_at = excluded.declared_at
        """,
        type.name(),
        type.lane().label(),
        type.queue(),
        type.priority(),
        type.maxAttempts(),
        type.backoff().first(),
        type.backoff().factor(),
        type.backoff().cap(),
        type.timeLimit().map(limit -> limit.toMillis() / 1000.0).orElse(null),
        type.limits().tasks(),
        type.limits().perKey(),
        count(type.limits().rate()),
        seconds(type.limits().rate()),
        count(type.limits().keyRate()),
        seconds(type.limits().keyRate()));
  }

  private static Integer count(Rate rate) {
    return rate == null ? null : rate.count();
  }

  private static Double seconds(Rate rate) {
    return rate == null ? null : rate.interval().toMillis() / 1000.0;
  }

  private static String jobXml(TaskType type) {
    return "/META-INF/batch-jobs/" + type.name() + ".xml";
  }

  private String describe(TaskType type) {
    Backoff backoff = type.backoff();
    return ("Task type %s: %s lane, queue %s, priority %d, %d attempts, backoff %s × %s up to %s"
            + " ± %d %%, time limit %s, limits %s, %s")
        .formatted(
            type.name(),
            type.lane().label(),
            type.queue(),
            type.priority(),
            type.maxAttempts(),
            backoff.first(),
            BigDecimal.valueOf(backoff.factor()).stripTrailingZeros().toPlainString(),
            backoff.cap(),
            Math.round(backoff.jitter() * 100),
            type.timeLimit().map(Object::toString).orElse("none"),
            type.limits(),
            runBy(type));
  }

  /** The job, or the class (and method) with what it takes for payload. */
  private String runBy(TaskType type) {
    String source = types.sources().get(type.name());
    if (type.pipeline()) {
      return "batch job " + type.name() + ".xml declared by " + source;
    }
    return types
        .handler(type)
        .filter(AnnotatedHandler.class::isInstance)
        .map(Object::toString)
        .orElse("handler " + source + ", payload as it is");
  }
}
