package dev.longshore.cli;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.List;

/**
 * {@code pipeline}: trivial batch jobs a second, one job per task.
 *
 * <dl>
 *   <dt>{@code oneStep}
 *   <dd>{@code sleep {"millis": 0}}: a handler of the long lane, whose job is one batchlet: the
 *       least that a job per task costs
 *   <dt>{@code threeSteps}
 *   <dd>{@code steps} with one item: a pipeline of two batchlets and a chunk step that writes and
 *       commits one row
 *   <dt>{@code jobsPerSecond}
 *   <dd>one-step jobs a second: of six drains the median of the last three
 *   <dt>{@code firstPerSecond}
 *   <dd>one-step jobs a second before it was warm: on a node that has just started, half of two
 *       cores are compiling then
 * </dl>
 */
final class PipelineBench {

  private static final JsonObject ONE_STEP =
      BenchTasks.template("sleep", Json.createObjectBuilder().add("millis", 0).build());
  private static final JsonObject THREE_STEPS =
      BenchTasks.template("steps", Json.createObjectBuilder().add("items", 1).build());

  private static final int DRAINS = 6;

  private PipelineBench() {}

  static JsonObjectBuilder run(BenchNode node, BenchWork work) {
    node.say(
        "%d tasks of one job each: six times of one step, the first three to warm up, and then of three."
            .formatted(work.tasks()));
    List<Drain> all = Drain.several(DRAINS, node, "one-step", ONE_STEP, work.tasks());
    Drain one = Drain.median(all.subList(DRAINS / 2, DRAINS));
    Drain three = Drain.of(node, "three-steps", THREE_STEPS, work.tasks());
    return Json.createObjectBuilder()
        .add("tasks", work.tasks())
        .add("jobsPerSecond", Math.round(one.perSecond()))
        .add("firstPerSecond", Math.round(all.get(0).perSecond()))
        .add("oneStep", one.toJson())
        .add("threeSteps", three.toJson())
        .add("failed", Drain.failed(all) + three.failed());
  }
}
