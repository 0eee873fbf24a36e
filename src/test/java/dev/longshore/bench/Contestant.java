package dev.longshore.bench;

import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.DoubleStream;

/** Something that does tasks which stand in a database. */
interface Contestant {

  String name();

  /** Three warm up, three are measured: compilers are still busy with the first ones. */
  int DRAINS = 6;

  /**
   * Does trivial tasks, {@link #DRAINS} times.
   *
   * @param database one of its own, empty
   * @return tasks a second, from the first start to the last end, the median of the measured
   *     drains, by what they are called in the output; most have one figure
   */
  Map<String, Double> perSecond(Database database, Counts counts) throws Exception;

  /** What a drain comes to when it is done over and over: the median of the measured ones. */
  static double median(Callable<Double> drain) throws Exception {
    double[] found = new double[DRAINS];
    for (int i = 0; i < DRAINS; i++) {
      found[i] = drain.call();
    }
    return DoubleStream.of(found).skip(DRAINS / 2).sorted().skip(1).findFirst().orElseThrow();
  }

  /**
   * How much to do.
   *
   * @param tasks short tasks
   * @param jobs batch jobs
   */
  record Counts(int tasks, int jobs) {}
}
