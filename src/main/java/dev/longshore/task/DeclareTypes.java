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
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Writes this node's task types and their policies into {@code longshore.task_type} at start-up, so
 * that SQL clients can submit them, and how long their payloads may be. Of nodes that differ, the
 * last one started is believed.
 */
@Singleton
@Startup
@DependsOn("Migrate")
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class DeclareTypes {

  private static final Logger LOG = Logger.getLogger(DeclareTypes.class.getName());

  @Inject private TaskTypes types;
  @Inject private Sql sql;

  @Inject
  @ConfigProperty(name = "longshore.payload.limit", defaultValue = "1048576")
  private int payloadLimit;

  @PostConstruct
  void declare() {
    Persist.whileAway("The limit of payloads is not declared", this::writeLimit);
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

  private void writeLimit() {
    sql.update(
        "update longshore.setting set value = ? where name = 'payload.limit' and value <> ?",
        payloadLimit,
        payloadLimit);
  }

  private void write(TaskType type) {
    sql.update(
        """
        with given as (
            select ?::text as name, ?::text as lane, ?::text as queue, ?::int as priority,
                ?::int as max_attempts, ?::float8 as backoff_seconds, ?::float8 as backoff_factor,
                ?::float8 as backoff_cap, ?::float8 * interval '1 second' as time_limit,
                ?::int as task_limit, ?::int as key_limit, ?::int as rate_count,
                ?::float8 as rate_seconds, ?::int as key_rate_count, ?::float8 as key_rate_seconds),
        known as (
            update longshore.task_type t
            set lane = g.lane, queue = g.queue, priority = g.priority,
                max_attempts = g.max_attempts, backoff_seconds = g.backoff_seconds,
                backoff_factor = g.backoff_factor, backoff_cap = g.backoff_cap,
                time_limit = g.time_limit, task_limit = g.task_limit, key_limit = g.key_limit,
                rate_count = g.rate_count, rate_seconds = g.rate_seconds,
                key_rate_count = g.key_rate_count, key_rate_seconds = g.key_rate_seconds,
                declared_at = now()
            from given g where t.name = g.name
            returning t.name)
        -- Not an insert that updates on conflict: the trigger policy_added (V014) would have every
        -- claim of every node wait for each declaration of a type with limits.
        insert into longshore.task_type (name, lane, queue, priority, max_attempts,
            backoff_seconds, backoff_factor, backoff_cap, time_limit, task_limit, key_limit,
            rate_count, rate_seconds, key_rate_count, key_rate_seconds)
        select * from given where not exists (select from known)
        on conflict (name) do nothing
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
