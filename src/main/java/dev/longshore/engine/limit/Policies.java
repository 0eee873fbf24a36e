package dev.longshore.engine.limit;

import dev.longshore.db.Sql;
import dev.longshore.engine.limit.Policy.Standing;
import dev.longshore.task.Limits;
import dev.longshore.task.Rate;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Reads the policy, and keeps it for as long as its version stands. */
@ApplicationScoped
public class Policies {

  private static final String ALL =
      """
      select 'queue' as kind, name, paused, task_limit, key_limit, rate_count, rate_seconds,
          key_rate_count, key_rate_seconds
      from longshore.queue where whole or key_limit is not null or key_rate_count is not null
      union all
      select 'type', name, paused, task_limit, key_limit, rate_count, rate_seconds,
          key_rate_count, key_rate_seconds
      from longshore.task_type where whole or key_limit is not null or key_rate_count is not null
      """;

  private static final String VERSION =
      """
      select version, exists (
          select from longshore.task t where t.state = 'pending' and t.held = 'key' limit 1)
      from longshore.policy
      """;

  @Inject private Sql sql;

  private volatile Policy known = new Policy(0, Map.of(), Map.of(), false);

  /** The policy as it was read last; it may be another one by now. */
  public Policy last() {
    return known;
  }

  /**
   * The policy, in a transaction that holds the lock {@code longshore.policy} (V014): it does not
   * change before that commits.
   *
   * @param version as it was read last; where it is the known one nothing is asked
   */
  @Transactional(Transactional.TxType.MANDATORY)
  public Policy at(long version) {
    Policy policy = known;
    if (policy.version() != version || policy.someWait()) {
      policy = read();
      known = policy;
    }
    return policy;
  }

  private Policy read() {
    Map<String, Standing> queues = new HashMap<>();
    Map<String, Standing> types = new HashMap<>();
    sql.list(
        ALL,
        row ->
            (row.getString("kind").equals("queue") ? queues : types)
                .put(row.getString("name"), new Standing(row.getBoolean("paused"), limits(row))));
    boolean free = queues.isEmpty() && types.isEmpty();
    return sql.first(
            VERSION, row -> new Policy(row.getLong(1), queues, types, free && row.getBoolean(2)))
        .orElseThrow();
  }

  /** Of a row with the columns that {@code longshore.queue} and {@code task_type} share. */
  public static Limits limits(ResultSet row) throws SQLException {
    return new Limits(
        row.getObject("task_limit", Integer.class),
        row.getObject("key_limit", Integer.class),
        rate(row, ""),
        rate(row, "key_"));
  }

  private static Rate rate(ResultSet row, String prefix) throws SQLException {
    Integer count = row.getObject(prefix + "rate_count", Integer.class);
    return count == null
        ? null
        : new Rate(
            count, Duration.ofMillis(Math.round(row.getDouble(prefix + "rate_seconds") * 1000)));
  }
}
