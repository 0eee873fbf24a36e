package dev.longshore.log.worker;

import dev.longshore.db.Sql;
import dev.longshore.problem.NotFound;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How the event workers stand, of all nodes, from the database. */
@ApplicationScoped
public class Standings {

  /** A node that has just gone is no fault of the worker's: others take it within seconds. */
  private static final String QUERY =
      """
      select e.*, o.alive, lag.n as lag_n, coalesce(extract(epoch from clock_timestamp() - lag.first), 0)::float8 as lag_s,
          (select count(*) from longshore.dead_letter d where d.worker = e.name) as dead
      from longshore.event_worker e
      cross join lateral (select exists (select from longshore.worker w
          where w.id = e.owner and w.run = e.owner_run and w.state = 'active'
            and w.lease_until > clock_timestamp()) as alive) o
      cross join lateral (
          select count(*) as n, min(u.created_at) as first
          from (select i.created_at from unnest(e.messages) n (name) cross join lateral (
                  select m.created_at from longshore.message m
                  where m.name = n.name and m.id > e.position order by m.id limit 10000) i
                limit 10000) u) lag
      """;

  @Inject private Sql sql;
  @Inject private EventWorkers workers;
  @Inject private Dispatcher dispatcher;
  @Inject private Tail tail;

  /** All, by name. */
  public List<Standing> all() {
    return sql.list(QUERY + " order by e.name", Standings::of);
  }

  /**
   * One.
   *
   * @throws NotFound when no build has ever declared it
   */
  public Standing get(String name) {
    return sql.first(QUERY + " where e.name = ?", Standings::of, name)
        .orElseThrow(() -> new NotFound("event worker", name));
  }

  /** The names of those that this node has the class of. */
  public List<String> declaredHere() {
    return workers.all().stream().map(w -> w.declaration().name()).toList();
  }

  /** Those that this node runs, as it sees them itself; without the database. */
  public Map<String, Health> here() {
    Map<String, Health> here = new TreeMap<>();
    dispatcher.all().stream()
        .filter(Consumer::isMine)
        .forEach(consumer -> here.put(consumer.name(), consumer.vitals().health()));
    return here;
  }

  /** Whether this node hears of new messages, or has no worker that would want to. */
  public boolean isLogFollowed() {
    return workers.all().isEmpty() || tail.isOpen();
  }

  private static Standing of(ResultSet row) throws SQLException {
    String wanted = row.getString("wanted");
    boolean alive = row.getBoolean("alive");
    boolean halted = row.getBoolean("halted");
    OffsetDateTime retryAt = row.getObject("retry_at", OffsetDateTime.class);
    String status =
        !wanted.equals("running")
            ? wanted
            : halted ? "halted" : !alive ? "unowned" : retryAt != null ? "waiting" : "running";
    String reported = row.getString("report");
    Report report =
        reported == null || !alive
            ? new Report(new Health(Health.Status.HEALTHY, List.of()), 0, 0, 0, null)
            : Report.of(reported);
    return new Standing(
        row.getString("name"),
        row.getString("description"),
        List.of((String[]) row.getArray("messages").getArray()),
        row.getString("policy"),
        status,
        health(row, report.health(), status),
        alive ? row.getString("owner") : null,
        alive ? row.getObject("owned_since", OffsetDateTime.class) : null,
        row.getLong("position"),
        row.getObject("moved_at", OffsetDateTime.class),
        row.getLong("handled"),
        row.getLong("lag_n"),
        row.getDouble("lag_s"),
        report.messagesPerSecond(),
        report.errorsPerMinute(),
        report.handlerMillis(),
        row.getObject("failing_id", Long.class),
        row.getInt("failures"),
        retryAt,
        row.getString("error"),
        row.getLong("dead"),
        row.getObject("periodic_at", OffsetDateTime.class),
        row.getString("state"));
  }

  /** What stands in the row is true at once; what its node has said may be seconds old. */
  private static Health health(ResultSet row, Health reported, String status) throws SQLException {
    List<String> reasons = new ArrayList<>();
    Health.Status worst = reported.status();
    String failing = row.getString("failing_id");
    if (status.equals("halted")) {
      worst = Health.Status.UNHEALTHY;
      reasons.add("It has halted in front of message " + failing + ": " + row.getString("error"));
    } else if (status.equals("unowned")) {
      worst = Health.Status.UNHEALTHY;
      reasons.add("No node runs it. A live one that has its class takes it within seconds.");
    } else if (failing != null) {
      worst = worst == Health.Status.HEALTHY ? Health.Status.DEGRADED : worst;
      reasons.add("It tries message " + failing + " again: " + row.getString("error"));
    }
    reported.reasons().stream()
        .filter(r -> failing == null || !r.contains("essage " + failing + " "))
        .forEach(reasons::add);
    return new Health(worst, List.copyOf(reasons));
  }
}
