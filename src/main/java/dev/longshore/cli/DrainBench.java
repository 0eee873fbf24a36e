package dev.longshore.cli;

import jakarta.json.JsonObjectBuilder;

/**
 * {@code drain}: how fast work comes in and is done ({@link Drain}), and how soon single tasks
 * start after it.
 *
 * <dl>
 *   <dt>{@code latencyMillis}
 *   <dd>of single submissions, 20 a second for up to 10 seconds, after the drain: from {@code
 *       task.created_at} to the first {@code attempt.started_at}, both the database's wall clock.
 *       The insert's time stands for its commit's, so the commit's own sync is counted in
 * </dl>
 */
final class DrainBench {

  private static final int TRICKLE_PER_SECOND = 20;
  private static final int TRICKLE = 200;

  private DrainBench() {}

  static JsonObjectBuilder run(BenchNode node, BenchWork work) {
    node.say("Submitting " + work.tasks() + " " + work.type() + " tasks until all have settled.");
    Drain drain = Drain.of(node, "drain", work.template(), work.tasks());
    int trickle = Math.min(TRICKLE, work.tasks());
    node.say("Then " + trickle + " one by one, 20 a second.");
    try (BenchTasks trickled = node.tasks("trickle")) {
      Pacer pacer = new Pacer(TRICKLE_PER_SECOND);
      for (int i = 0; i < trickle; i++) {
        pacer.await();
        trickled.submitOne(work.template());
      }
      trickled.awaitSettled();
      return drain
          .toJson()
          .add("type", work.type())
          .add("latencyMillis", new Percentiles(trickled.startLatencies()).toJson())
          .add("failed", drain.failed() + trickled.failed());
    }
  }
}
