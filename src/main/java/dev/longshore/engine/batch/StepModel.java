package dev.longshore.engine.batch;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jberet.job.model.Flow;
import org.jberet.job.model.Job;
import org.jberet.job.model.JobElement;
import org.jberet.job.model.Split;
import org.jberet.job.model.Step;

/** Finds steps in a parsed job, however deep in flows and splits. */
final class StepModel {

  private StepModel() {}

  /**
   * Whether the step has a row from its beginning: its starts are counted, or partitions refer to
   * it. All others get theirs with their first checkpoint or at their end.
   */
  static boolean isRecordedAtStart(Job job, String stepName) {
    return steps(job).stream()
        .filter(step -> step.getId().equals(stepName))
        .anyMatch(step -> step.getStartLimitInt() > 0 || step.getPartition() != null);
  }

  /** The names of the steps that run again in a restart though they have completed. */
  static Set<String> thatRunAgain(Job job) {
    return steps(job).stream()
        .filter(Step::getAllowStartIfCompleteBoolean)
        .map(Step::getId)
        .collect(Collectors.toSet());
  }

  static List<Step> steps(Job job) {
    List<Step> found = new ArrayList<>();
    collect(job.getJobElements(), found);
    return found;
  }

  private static void collect(List<? extends JobElement> elements, List<Step> found) {
    for (JobElement element : elements) {
      if (element instanceof Step step) {
        found.add(step);
      } else if (element instanceof Flow flow) {
        collect(flow.getJobElements(), found);
      } else if (element instanceof Split split) {
        collect(split.getFlows(), found);
      }
    }
  }
}
