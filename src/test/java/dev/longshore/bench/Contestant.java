package dev.longshore.bench;

import java.util.Map;

/** Something that does tasks which stand in a database. */
interface Contestant {

  String name();

  /**
   * Does trivial tasks, once to warm up and once to be measured.
   *
   * @param database one of its own, empty
   * @return tasks a second, from the first start to the last end, by what they are called in the
   *     output; most have one figure
   */
  Map<String, Double> perSecond(Database database, Counts counts) throws Exception;

  /**
   * How much to do.
   *
   * @param tasks short tasks
   * @param jobs batch jobs
   */
  record Counts(int tasks, int jobs) {}
}
