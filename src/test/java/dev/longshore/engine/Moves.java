package dev.longshore.engine;

import dev.longshore.task.TaskMoved;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Hears every move, in its transaction and after it. */
@ApplicationScoped
public class Moves {

  private final List<TaskMoved> fired = new CopyOnWriteArrayList<>();
  private final List<TaskMoved> committed = new CopyOnWriteArrayList<>();
  private volatile Consumer<TaskMoved> during = moved -> {};

  void hear(@Observes TaskMoved moved) {
    fired.add(moved);
    during.accept(moved);
  }

  void hearCommitted(@Observes(during = TransactionPhase.AFTER_SUCCESS) TaskMoved moved) {
    committed.add(moved);
  }

  /** What to do inside the transaction of each move from now on. */
  public void during(Consumer<TaskMoved> work) {
    during = work;
  }

  /** Forgets everything. */
  public void clear() {
    fired.clear();
    committed.clear();
    during = moved -> {};
  }

  public List<TaskMoved> fired() {
    return List.copyOf(fired);
  }

  public List<TaskMoved> committed() {
    return List.copyOf(committed);
  }
}
