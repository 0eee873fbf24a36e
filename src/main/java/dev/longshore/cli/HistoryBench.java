package dev.longshore.cli;

import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.util.List;

/**
 * {@code history}: what {@code rows} finished tasks cost that are kept. They are made for the
 * measurement and removed after it ({@link HistoryRows}).
 *
 * <dl>
 *   <dt>{@code without}, {@code with}
 *   <dd>the drain with the median rate of three each
 *   <dt>{@code ratio}
 *   <dd>of their {@code drainPerSecond}
 *   <dt>{@code pageMillis}, {@code worstPageP95Millis}, {@code statsMillis}
 *   <dd>of pages and counts by REST, see {@link HistoryPages}
 * </dl>
 */
final class HistoryBench {

  private static final int DRAINS = 3;

  private HistoryBench() {}

  static JsonObjectBuilder run(BenchNode node, BenchWork work) {
    try (HistoryRows history = new HistoryRows(node)) {
      if (history.remove() > 0) {
        node.say("Removed what an interrupted measurement had left.");
      }
      node.say("Drains of " + work.tasks() + " " + work.type() + " tasks without a history.");
      Drain warm = Drain.of(node, "warm", work.template(), work.tasks());
      List<Drain> without = Drain.several(DRAINS, node, "without", work.template(), work.tasks());
      node.say("Writing " + work.rows() + " finished tasks, half a minute or so a million.");
      try {
        long start = System.nanoTime();
        history.fill(work.rows());
        double fillSeconds = Drain.secondsSince(start);
        node.say("The same drains, and pages.");
        List<Drain> with = Drain.several(DRAINS, node, "with", work.template(), work.tasks());
        JsonObjectBuilder result = result(work, without, with);
        new HistoryPages(node.api(), history.ids(), work.tasks()).measure(result);
        return result
            .add("fillSeconds", Percentiles.round(fillSeconds))
            .add("failed", warm.failed() + Drain.failed(without) + Drain.failed(with));
      } finally {
        node.say("Removing them.");
        history.remove();
      }
    }
  }

  private static JsonObjectBuilder result(BenchWork work, List<Drain> without, List<Drain> with) {
    Drain before = Drain.median(without);
    Drain after = Drain.median(with);
    return Json.createObjectBuilder()
        .add("type", work.type())
        .add("tasks", work.tasks())
        .add("rows", work.rows())
        .add("ratio", Percentiles.round(after.perSecond() / before.perSecond()))
        .add("without", before.toJson())
        .add("with", after.toJson());
  }
}
