package dev.longshore.log.worker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What this node asks another one for, so that each comes to a like number of workers. Nodes that
 * have not all the same classes come as near to it as they can.
 *
 * @param node which has the most, and two more than this one at least; {@code null} for none
 * @param workers which of its workers; none that somebody has asked for already
 */
record Share(String node, List<String> workers) {

  private static final Share NONE = new Share(null, List.of());

  /**
   * @param me this node
   * @param standing the workers that this node has the classes of, in their order
   */
  static Share of(String me, List<WorkerRows.Row> standing) {
    if (standing.stream().anyMatch(WorkerRows.Row::free)) {
      return NONE; // first they are taken
    }
    Map<String, Integer> load = new HashMap<>();
    Map<String, List<String>> free = new TreeMap<>();
    for (WorkerRows.Row row : standing) {
      if (row.owner() != null) {
        load.merge(row.askedBy() == null ? row.owner() : row.askedBy(), 1, Integer::sum);
        if (row.askedBy() == null) {
          free.computeIfAbsent(row.owner(), node -> new ArrayList<>()).add(row.name());
        }
      }
    }
    String most =
        free.keySet().stream().max(Comparator.comparing(load::get)).orElse(me); // of some, any
    int few = (load.getOrDefault(most, 0) - load.getOrDefault(me, 0)) / 2;
    if (few < 1) {
      return NONE;
    }
    List<String> theirs = free.get(most);
    return new Share(most, theirs.subList(Math.max(0, theirs.size() - few), theirs.size()));
  }
}
