package dev.longshore.cli;

import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * How long pages of tasks and the counts take over REST, in milliseconds: 100 tasks a page, half of
 * the pages from the newest task on and half from anywhere.
 */
final class HistoryPages {

  private static final int REQUESTS = 40;

  /** {@code %q} and {@code %k} stand for any of the queues and keys. */
  private static final Map<String, String> FILTERS = new LinkedHashMap<>();

  static {
    FILTERS.put("all", "");
    FILTERS.put("state", "&state=failed");
    FILTERS.put("type", "&type=noop");
    FILTERS.put("queue", "&queue=%q");
    FILTERS.put("key", "&key=%k");
    FILTERS.put("state, type", "&state=failed&type=effect");
    FILTERS.put("state, type: none", "&state=failed&type=noop");
    FILTERS.put("state, queue", "&state=cancelled&queue=%q");
    FILTERS.put("state, queue: succeeded", "&state=succeeded&queue=%q");
    FILTERS.put("state, key", "&state=failed&key=%k");
    FILTERS.put("type, queue", "&type=steps&queue=%q");
    FILTERS.put("type, key", "&type=effect&key=%k");
    FILTERS.put("queue, key", "&queue=%q&key=%k");
    FILTERS.put("state, type, queue, key", "&state=succeeded&type=noop&queue=%q&key=%k");
    FILTERS.put("queue: none", "&queue=bench-none");
    FILTERS.put("type, queue: none", "&type=fail&queue=%q");
  }

  private final Api api;
  private final long first;
  private final long last;
  private final int requests;
  private final Random random = new Random(1);

  /**
   * @param ids the first and the last of the history
   * @param most how many requests of a kind at most
   */
  HistoryPages(Api api, long[] ids, int most) {
    this.api = api;
    this.requests = Math.min(REQUESTS, most);
    this.first = ids[0];
    this.last = ids[1];
  }

  /** {@code pages}: each filter's; {@code worstPage}: the greatest p95; {@code stats}. */
  void measure(JsonObjectBuilder result) {
    JsonObjectBuilder pages = Json.createObjectBuilder();
    double worst = 0;
    for (Map.Entry<String, String> filter : FILTERS.entrySet()) {
      Percentiles took = took(i -> page(filter.getValue(), i % 2 == 1));
      worst = Math.max(worst, took.at(95));
      pages.add(filter.getKey(), json(took));
    }
    result
        .add("pageMillis", pages)
        .add("worstPageP95Millis", Percentiles.round(worst))
        .add("statsMillis", json(took(i -> "api/stats")));
  }

  private String page(String filter, boolean fromAnywhere) {
    return "api/tasks?limit=100"
        + filter
            .replace("%q", HistoryRows.QUEUE + random.nextInt(HistoryRows.QUEUES))
            .replace("%k", "k" + random.nextInt(HistoryRows.KEYS))
        + (fromAnywhere ? "&after=" + random.nextLong(first, last + 1) : "");
  }

  private interface Path {
    String of(int request);
  }

  private Percentiles took(Path path) {
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      String request = path.of(i);
      long start = System.nanoTime();
      api.get(request);
      millis.add(1_000 * Drain.secondsSince(start));
    }
    return new Percentiles(millis);
  }

  private static JsonObjectBuilder json(Percentiles took) {
    return Json.createObjectBuilder()
        .add("p50", Percentiles.round(took.at(50)))
        .add("p95", Percentiles.round(took.at(95)));
  }
}
