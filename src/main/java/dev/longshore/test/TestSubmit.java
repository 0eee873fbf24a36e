package dev.longshore.test;

import dev.longshore.problem.InvalidInput;
import dev.longshore.problem.Violation;
import dev.longshore.task.NewTask;
import dev.longshore.task.NewTaskRules;
import dev.longshore.task.Submit;
import dev.longshore.task.Submitted;
import dev.longshore.task.SubmittedMany;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Takes tasks down instead of running them. Every type is taken for declared; a task whose unique
 * key stands already answers for a second one.
 */
final class TestSubmit extends Submit {

  private final List<NewTask> tasks = new ArrayList<>();

  @Override
  public Submitted submit(NewTask task) {
    List<Violation> wrong = NewTaskRules.violations(task);
    if (!wrong.isEmpty()) {
      throw InvalidInput.unfit(wrong);
    }
    for (int i = 0; i < tasks.size() && task.uniqueKey() != null; i++) {
      if (tasks.get(i).type().equals(task.type())
          && task.uniqueKey().equals(tasks.get(i).uniqueKey())) {
        return new Submitted(i + 1, false);
      }
    }
    tasks.add(task);
    return new Submitted(tasks.size(), true);
  }

  @Override
  public SubmittedMany submit(Iterator<NewTask> many) {
    long created = 0;
    long standing = 0;
    while (many.hasNext()) {
      if (submit(many.next()).created()) {
        created++;
      } else {
        standing++;
      }
    }
    return new SubmittedMany(created, standing);
  }

  int size() {
    return tasks.size();
  }

  List<NewTask> all() {
    return List.copyOf(tasks);
  }

  void rollBackTo(int mark) {
    tasks.subList(mark, tasks.size()).clear();
  }
}
