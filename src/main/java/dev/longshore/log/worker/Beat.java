package dev.longshore.log.worker;

import dev.longshore.db.Sql;
import dev.longshore.engine.worker.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is told of this node's workers every few seconds: how far behind they are, and how well. */
@ApplicationScoped
class Beat {

  private static final int BEATS_PER_REPORT = 5;

  /** More unread messages of a worker are not counted, of each name its share of that. */
  private static final int MOST = 10_000;

  /** How far each is behind in each name; the age is the first unread message's. */
  static final String LAG =
      """
      select e.name, n.name, u.n,
          coalesce(extract(epoch from clock_timestamp() - u.first), 0)::float8
      from longshore.event_worker e
      cross join lateral unnest(e.messages) n (name)
      cross join lateral (
          select count(*) as n, min(o.created_at) as first
          from (select m.created_at from longshore.message m
                where m.name = n.name and m.id > e.position and m.id <= ?
                order by m.id limit greatest(1, %d / cardinality(e.messages))) o) u
      where e.name = any(?)
      """
          .formatted(MOST);

  @Inject private Sql sql;
  @Inject private Worker node;
  @Inject private Tail tail;
  @Inject private WorkerRows rows;
  @Inject private Dispatcher dispatcher;

  private final Map<String, String> reported = new HashMap<>();
  private final Map<String, Health> told = new HashMap<>();
  private long beats;
  private long advancedTo;

  /** Measures and writes down what has changed; when the log is quiet, nothing. */
  void beat() {
    if (!node.isAlive()) {
      reported.clear();
      told.clear();
      return;
    }
    boolean all = beats++ % BEATS_PER_REPORT == 0;
    if (all) {
      measure();
    }
    List<Consumer> mine = dispatcher.all().stream().filter(Consumer::isMine).toList();
    Map<String, String> news = new HashMap<>();
    for (Consumer consumer : mine) {
      Health health = consumer.vitals().health();
      if (!all && health.equals(told.get(consumer.name()))) {
        continue; // how fast it is may wait; how well it is may not
      }
      told.put(consumer.name(), health);
      String report = Report.of(consumer.vitals()).json();
      String known = consumer.token() + report; // a worker that was elsewhere has lost its report
      if (!known.equals(reported.put(consumer.name(), known))) {
        news.put(consumer.name(), report);
      }
    }
    if (!news.isEmpty()) {
      String[] names = news.keySet().toArray(String[]::new);
      String[] reports = new String[names.length];
      for (int i = 0; i < names.length; i++) {
        reports[i] = news.get(names[i]);
      }
      rows.report(names, reports);
    }
  }

  private void measure() {
    Map<String, Consumer> behind = new HashMap<>();
    for (Consumer consumer : dispatcher.all()) {
      if (consumer.isMine() && !consumer.isIdle()) {
        behind.put(consumer.name(), consumer);
      } else {
        consumer.vitals().lag(Map.of());
      }
    }
    if (!behind.isEmpty()) {
      Map<String, Map<String, Vitals.Lag>> found = new HashMap<>();
      sql.list(
          LAG,
          row ->
              found
                  .computeIfAbsent(row.getString(1), worker -> new HashMap<>())
                  .put(row.getString(2), new Vitals.Lag(row.getLong(3), row.getDouble(4))),
          tail.seen(),
          behind.keySet().toArray(String[]::new));
      found.forEach((worker, lag) -> behind.get(worker).vitals().lag(lag));
    }
  }

  /** Lets retention go on behind workers whose messages have not come for a while. */
  void advance() {
    long to = tail.told(); // before the question who is idle
    if (to == advancedTo) {
      return;
    }
    rows.forgetExecutions();
    List<Consumer> idle = dispatcher.all().stream().filter(Consumer::isIdle).toList();
    if (!idle.isEmpty()) {
      rows.advance(
          idle.stream().map(Consumer::name).toArray(String[]::new),
          idle.stream().map(Consumer::token).toArray(Long[]::new),
          to);
    }
    advancedTo = to;
  }
}
