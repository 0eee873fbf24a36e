package dev.longshore.chaos;

import dev.longshore.chaos.History.Attempt;
import dev.longshore.chaos.History.Effect;
import dev.longshore.chaos.History.Item;
import dev.longshore.chaos.History.Limit;
import dev.longshore.chaos.History.Move;
import dev.longshore.chaos.History.Start;
import dev.longshore.chaos.History.Step;
import dev.longshore.chaos.History.Submission;
import dev.longshore.chaos.History.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What is promised whatever is killed, each as a check of a history. */
enum Rule {
  /** What was acknowledged is there, and everything that is there has come to its end. */
  NOTHING_LOST("nothing lost", Rule::lost),
  /** A task ends once; of each attempt one outcome is kept, and one alone succeeds. */
  ONE_SETTLEMENT("one settlement per task", Rule::settlements),
  /** What ran is on record as an attempt, and ran once for it. */
  STARTS_RECORDED("every start on record, once", Rule::starts),
  /** What a handler of the quick lane writes is there once when its task succeeded, else never. */
  EFFECTS_ONCE("effects exactly once", Rule::effects),
  /** Tasks of an exclusive key are never under way together, on whatever nodes. */
  EXCLUSIVE("exclusive keys never overlap", Rule::exclusive),
  /** Never are more under way than a limit allows. */
  LIMITS("limits never exceeded", Rule::limits),
  /** Tasks of an exclusive key begin in the order they were submitted. */
  ORDER("per-key order kept", Rule::order),
  /** What a pipeline has committed is never done again, neither items nor whole steps. */
  CHECKPOINTS("committed checkpoints never repeated", Rule::checkpoints),
  /** What an event worker writes of a message is there once, in the order of the log. */
  MESSAGES("every message handled once, in order", Rule::messages);

  private final String title;
  private final Function<History, List<String>> check;

  Rule(String title, Function<History, List<String>> check) {
    this.title = title;
    this.check = check;
  }

  String title() {
    return title;
  }

  List<Violation> check(History history) {
    return check.apply(history).stream().map(detail -> new Violation(this, detail)).toList();
  }

  /** Every rule's violations. */
  static List<Violation> checkAll(History history) {
    return Arrays.stream(values()).flatMap(rule -> rule.check(history).stream()).toList();
  }

  private static List<String> lost(History history) {
    List<String> found = new ArrayList<>();
    Map<String, List<Task>> tasks =
        history.tasks().stream().collect(Collectors.groupingBy(Task::label));
    for (Submission submission : history.submissions()) {
      List<Task> made = tasks.getOrDefault(submission.label(), List.of());
      if (made.size() > 1) {
        found.add(submission.label() + " was submitted once and is " + made.size() + " tasks");
      } else if (made.isEmpty() && submission.isAcknowledged()) {
        found.add(submission.label() + " was acknowledged and is not there");
      }
    }
    for (Task task : history.tasks()) {
      boolean cancelled =
          task.state().equals("cancelled") && history.cancelled().contains(task.label());
      if (!task.state().equals("succeeded") && !cancelled) {
        found.add("task %d is %s: %s".formatted(task.id(), task.state(), task.error()));
      }
    }
    return found;
  }

  private static List<String> settlements(History history) {
    List<String> found = new ArrayList<>();
    Map<Long, List<Move>> moves = History.byTask(history.moves(), Move::task);
    Map<Long, List<Attempt>> attempts = history.attemptsByTask();
    for (Task task : history.tasks()) {
      List<Move> trail = moves.getOrDefault(task.id(), List.of());
      // Once, and once more each time that somebody had it tried again.
      long settled = trail.stream().filter(Move::isSettlement).count();
      long due = trail.stream().filter(Move::isRetry).count() + (isEnded(task.state()) ? 1 : 0);
      if (settled != due) {
        found.add(
            "task %d was settled %d times and not %d: %s"
                .formatted(task.id(), settled, due, trail));
      }
      for (List<Move> ofClaim : History.byTask(trail, Move::claim).values()) {
        long left = ofClaim.stream().filter(move -> move.from().equals("ongoing")).count();
        if (left > 1) {
          found.add("task %d left one claim %d times: %s".formatted(task.id(), left, ofClaim));
        }
      }
      List<Attempt> runs = attempts.getOrDefault(task.id(), List.of());
      long succeeded = runs.stream().filter(run -> "succeeded".equals(run.outcome())).count();
      if (succeeded != (task.state().equals("succeeded") ? 1 : 0)) {
        found.add("task %d is %s by %d attempts".formatted(task.id(), task.state(), succeeded));
      }
      if (isEnded(task.state())) {
        runs.stream()
            .filter(run -> run.ended() == null)
            .forEach(run -> found.add("an attempt of an ended task is under way: " + run));
      }
    }
    return found;
  }

  private static boolean isEnded(String state) {
    return Set.of("succeeded", "failed", "cancelled").contains(state);
  }

  private static List<String> starts(History history) {
    List<String> found = new ArrayList<>();
    Set<Start> attempts =
        history.attempts().stream()
            .map(run -> new Start(run.task(), run.number()))
            .collect(Collectors.toSet());
    Set<Start> seen = new HashSet<>();
    for (Start start : history.starts()) {
      if (!attempts.contains(start)) {
        found.add("a command ran without an attempt: " + start);
      }
      if (!seen.add(start)) {
        found.add("a command ran twice in one attempt: " + start);
      }
    }
    return found;
  }

  private static List<String> effects(History history) {
    List<String> found = new ArrayList<>();
    Map<Long, List<Effect>> effects = History.byTask(history.effects(), Effect::task);
    for (Task task : history.tasks()) {
      int due = task.type().equals("effect") && task.state().equals("succeeded") ? 1 : 0;
      int rows = effects.getOrDefault(task.id(), List.of()).size();
      if (rows != due) {
        found.add("task %d is %s and has %d effects".formatted(task.id(), task.state(), rows));
      }
    }
    return found;
  }

  /** By the engine's own rows, and by what commands have written down themselves. */
  private static List<String> exclusive(History history) {
    List<String> found = overlaps(history, true);
    Commands.check(history.beats(), found);
    return found;
  }

  private static List<String> overlaps(History history, boolean exclusive) {
    List<String> found = new ArrayList<>();
    for (Limit limit : history.limits()) {
      if (limit.isExclusiveKey() != exclusive || limit.interval() != null) {
        continue;
      }
      byGroup(history, limit)
          .forEach(
              (group, runs) -> {
                Collection<Attempt> together = UnderWay.mostAtOnce(runs);
                if (together.size() > limit.most()) {
                  found.add(
                      "%s %s: %d of at most %d were under way at once: %s"
                          .formatted(limit.of(), group, together.size(), limit.most(), together));
                }
              });
    }
    return found;
  }

  private static List<String> limits(History history) {
    List<String> found = new ArrayList<>(overlaps(history, false));
    for (Limit limit : history.limits()) {
      if (limit.interval() != null) {
        byGroup(history, limit)
            .forEach(
                (group, runs) ->
                    UnderWay.mostStarts(runs, limit.interval()).stream()
                        .filter(together -> together.size() > limit.most())
                        .forEach(
                            together ->
                                found.add(
                                    "%s %s: %d of at most %d started within %s: %s"
                                        .formatted(
                                            limit.of(),
                                            group,
                                            together.size(),
                                            limit.most(),
                                            limit.interval(),
                                            together))));
      }
    }
    return found;
  }

  /** The attempts that the limit counts together, by what it counts them under. */
  private static Map<String, List<Attempt>> byGroup(History history, Limit limit) {
    Map<Long, Task> tasks =
        history.tasks().stream().collect(Collectors.toMap(Task::id, task -> task));
    return history.attempts().stream()
        .filter(run -> tasks.containsKey(run.task()))
        .filter(run -> limit.group(tasks.get(run.task())) != null)
        .collect(Collectors.groupingBy(run -> limit.group(tasks.get(run.task()))));
  }

  private static List<String> order(History history) {
    List<String> found = new ArrayList<>();
    Map<String, Task> tasks =
        history.tasks().stream().collect(Collectors.toMap(Task::label, task -> task, (a, b) -> a));
    Map<Long, List<Attempt>> attempts = history.attemptsByTask();
    for (Limit limit : history.limits()) {
      if (!limit.isExclusiveKey()) {
        continue;
      }
      history.submissions().stream()
          .filter(s -> tasks.containsKey(s.label()) && limit.group(tasks.get(s.label())) != null)
          .collect(Collectors.groupingBy(Submission::key))
          .values()
          .forEach(ofKey -> KeyOrder.check(ofKey, tasks, attempts, history.paused(), found));
    }
    return found;
  }

  private static List<String> messages(History history) {
    List<String> found = new ArrayList<>();
    History.Log log = history.log();
    Set<Long> there = new HashSet<>(log.messages());
    log.acknowledged().stream()
        .filter(id -> !there.contains(id))
        .forEach(id -> found.add("message " + id + " was acknowledged and is not there"));
    Set<Long> handled = new HashSet<>();
    long last = 0;
    for (long id : log.handled()) {
      if (!handled.add(id)) {
        found.add("message " + id + " was handled twice");
      } else if (id < last) {
        found.add("message " + id + " was handled after message " + last);
      }
      last = Math.max(last, id);
    }
    log.messages().stream()
        .filter(id -> !handled.contains(id) && !log.setAside().contains(id))
        .forEach(id -> found.add("message " + id + " was not handled"));
    return found;
  }

  private static List<String> checkpoints(History history) {
    List<String> found = new ArrayList<>();
    Map<Long, List<Item>> items = History.byTask(history.items(), Item::task);
    Map<Long, List<Step>> steps = History.byTask(history.steps(), Step::task);
    Map<String, Submission> submissions =
        history.submissions().stream().collect(Collectors.toMap(Submission::label, s -> s));
    for (Task task : history.tasks()) {
      List<Item> written = items.getOrDefault(task.id(), List.of());
      Set<Integer> seen = new HashSet<>();
      written.stream()
          .filter(item -> !seen.add(item.item()))
          .forEach(item -> found.add("item written again: " + item));
      Submission asked = submissions.get(task.label());
      if (asked != null && task.state().equals("succeeded") && seen.size() != asked.items()) {
        found.add("task %d has %d of %d items".formatted(task.id(), seen.size(), asked.items()));
      }
      Set<String> completed = new HashSet<>();
      for (Step step : steps.getOrDefault(task.id(), List.of())) {
        if (completed.contains(step.name())) {
          found.add("a step that had completed ran again: " + step);
        }
        if (step.status().equals("COMPLETED")) {
          completed.add(step.name());
        }
      }
    }
    return found;
  }
}
